// Goal: a command line is understood, or refused with a sentence. Method: the options of kv_server, a word a line, and
// the sizes, times and lists of the benchmarks.
#include "fuzz.hpp"

#include <benchmarks/common/failure.hpp>
#include <benchmarks/common/parse.hpp>
#include <options.hpp>

#include <string>
#include <vector>

namespace shardbridge::fuzz {
namespace {

void parse_command_line(std::string_view text) {
  input from({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  std::vector<std::string> words{"program"};
  while (!from.empty() && words.size() < 20) {
    words.emplace_back(from.line());
    if (words.back().starts_with("-h") || words.back().starts_with("--help")) return; // which writes
    words.back().erase(std::min(words.back().find('\0'), words.back().size()));
  }
  std::vector<const char*> pointers;
  for (const std::string& each : words)
    pointers.push_back(each.c_str());
  try {
    const auto found = kv_server::parse_options(static_cast<int>(pointers.size()), pointers.data());
    if (!found) return;
    require(found->threads >= 1 && found->threads <= 1024 && found->shards >= 1 && found->shards <= 1024,
            "what is understood is in its bounds");
    require(found->segment_bytes >= 4096 && found->max_key_bytes >= 1, "sizes are");
    require(found->idle_timeout.count() >= 0 && found->send_timeout.count() > 0, "times are");
  } catch (const kv_server::bad_option& refused) {
    require(*refused.what() != '\0', "a refusal is a sentence");
  }
}

template <class Parse>
void refuse_or(Parse parse) {
  try {
    parse();
  } catch (const bench::bad_input& refused) {
    require(*refused.what() != '\0', "a refusal is a sentence");
  }
}

} // namespace

void run(std::span<const std::uint8_t> bytes) {
  const std::string_view text = input(bytes).rest();
  parse_command_line(text);
  refuse_or([&] { static_cast<void>(bench::parse_size("--size", text)); });
  refuse_or([&] { require(bench::parse_duration("--time", text).count() > 0, "a duration is more than zero"); });
  refuse_or([&] {
    const double seconds = bench::parse_seconds("--seconds", text);
    require(seconds > 0 && seconds <= 86'400, "seconds are in their bounds");
  });
  refuse_or([&] {
    for (const unsigned each : bench::parse_counts("--counts", text, 1000))
      require(each >= 1 && each <= 1000, "counts are in their bounds");
  });
}

} // namespace shardbridge::fuzz
