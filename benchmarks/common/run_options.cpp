#include "run_options.hpp"

#include "parse.hpp"

namespace shardbridge::bench {

void parse_run(const run_texts& texts, run_options& options) {
  options.seconds = parse_seconds("--seconds", texts.seconds);
  options.rounds = static_cast<unsigned>(parse_count("--rounds", texts.rounds, 1, 10000));
  options.json = texts.json;
  options.plot = texts.plot;
  options.quiet = texts.quiet;
}

} // namespace shardbridge::bench
