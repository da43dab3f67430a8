#include "config_reply.hpp"

#include "glob_match.hpp"
#include "resp_text.hpp"
#include "same_word.hpp"

#include <algorithm>

namespace kv_server {

std::string config_reply(std::span<const std::string_view> words, std::span<const setting> all) {
  std::string out;
  if (!same_word("get", words[1])) {
    append_error(out, "ERR only CONFIG GET is there: settings are options of the command line");
    return out;
  }
  const auto patterns = words.subspan(2);
  if (patterns.empty()) {
    append_error(out, "ERR wrong number of arguments for 'config|get' command");
    return out;
  }
  std::size_t found = 0;
  std::string pairs;
  for (const auto& [name, value] : all) {
    const auto matches = [&name = name](std::string_view pattern) { return glob_match(pattern, name); };
    if (std::ranges::none_of(patterns, matches)) continue;
    ++found;
    append_bulk(pairs, name);
    append_bulk(pairs, value);
  }
  append_array(out, 2 * found);
  return out + pairs;
}

} // namespace kv_server
