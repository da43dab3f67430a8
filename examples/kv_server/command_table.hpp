// The commands that there are, and what COMMAND tells of them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace kv_server {

enum class command : std::uint8_t { command, config, del, exists, get, info, mget, ping, quit, set, shutdown };

struct command_entry {
  command what;
  std::string_view name;  ///< in lower case
  int arity;              ///< words, the name among them; less than 0: at least so many
  std::string_view flags; ///< divided by blanks
  int first_key;          ///< by the number of its word; 0: there are none
  int last_key;           ///< less than 0: from the end
  std::string_view summary;
};

/// nullptr: there is no such command. Case does not count.
[[nodiscard]] const command_entry* find_command(std::string_view name) noexcept;
/// Whether it can have so many words.
[[nodiscard]] bool takes(const command_entry& entry, std::size_t words) noexcept;

/// What COMMAND, COMMAND COUNT, COMMAND DOCS, COMMAND INFO or COMMAND LIST is answered.
[[nodiscard]] std::string command_reply(std::span<const std::string_view> words);

} // namespace kv_server
