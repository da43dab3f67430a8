#include "run_options.hpp"

#include "parse.hpp"

namespace shardbridge::bench {

void parse_run(const run_texts& texts, run_options& options) {
  options.seconds = parse_seconds("--seconds", texts.seconds);
  options.rounds = static_cast<unsigned>(parse_count("--rounds", texts.rounds, 1, 10000));
  static_cast<output_options&>(options) = texts;
}

} // namespace shardbridge::bench
