#include "options.hpp"

#include "../common/parse.hpp"

namespace shardbridge::bench {

memory_options parse_options(const memory_texts& texts) {
  memory_options options;
  options.operations = parse_count("--operations", texts.operations, 1, 1'000'000'000);
  options.stretches = static_cast<unsigned>(parse_count("--stretches", texts.stretches, 2, 10'000));
  static_cast<output_options&>(options) = texts;
  return options;
}

} // namespace shardbridge::bench
