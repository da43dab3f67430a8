#include "options.hpp"

#include "../common/failure.hpp"
#include "../common/parse.hpp"

namespace shardbridge::bench {
namespace {

constexpr unsigned connections_max = 4096;
constexpr unsigned pipeline_max = 1024;
/// What the client sends at once must fit its socket: it reads nothing meanwhile.
constexpr std::size_t batch_bytes_max = 65536;

} // namespace

std::vector<echo_setting> echo_options::settings() const {
  std::vector<echo_setting> all;
  for (const unsigned each : connections)
    for (const unsigned pipeline : pipelines)
      all.push_back({.connections = each, .pipeline = pipeline, .bytes = bytes});
  return all;
}

echo_options parse_options(const echo_texts& texts) {
  echo_options options;
  options.engines = split_list("--engine", texts.engines);
  options.engines_chosen = texts.engines_chosen;
  options.connections = parse_counts("--connections", texts.connections, connections_max);
  options.pipelines = parse_counts("--pipeline", texts.pipeline, pipeline_max);
  options.bytes = parse_size("--bytes", texts.bytes);
  parse_run(texts, options);
  for (const echo_setting& each : options.settings())
    if (each.bytes == 0 || each.batch_bytes() > batch_bytes_max)
      throw bad_input("--bytes times --pipeline must be 1 to " + size_text(batch_bytes_max));
  return options;
}

} // namespace shardbridge::bench
