#include "command_table.hpp"

#include "resp_text.hpp"
#include "same_word.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace kv_server {
namespace {

constexpr std::array entries{
    command_entry{command::command, "command", -1, "loading stale", 0, 0, "Tells which commands there are"},
    command_entry{command::config, "config", -2, "admin noscript loading stale", 0, 0, "Tells settings"},
    command_entry{command::del, "del", -2, "write", 1, -1, "Deletes keys"},
    command_entry{command::exists, "exists", -2, "readonly fast", 1, -1, "Counts those keys that there are"},
    command_entry{command::get, "get", 2, "readonly fast", 1, 1, "Gives the value of a key"},
    command_entry{command::info, "info", -1, "loading stale", 0, 0, "Tells numbers of the server"},
    command_entry{command::mget, "mget", -2, "readonly fast", 1, -1, "Gives the values of keys"},
    command_entry{command::ping, "ping", -1, "fast", 0, 0, "Answers"},
    command_entry{command::quit, "quit", -1, "fast", 0, 0, "Ends the connection"},
    command_entry{command::set, "set", -3, "write denyoom", 1, 1, "Gives a key a value"},
    command_entry{command::shutdown, "shutdown", -1, "admin noscript loading stale", 0, 0, "Ends the server"},
};

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    out.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

void append_entry(std::string& to, const command_entry& entry) {
  append_array(to, 6);
  append_bulk(to, entry.name);
  append_integer(to, entry.arity);
  const auto flags = split(entry.flags);
  append_array(to, flags.size());
  for (const std::string_view each : flags)
    append_simple(to, each);
  append_integer(to, entry.first_key);
  append_integer(to, entry.last_key);
  append_integer(to, entry.first_key == 0 ? 0 : 1);
}

void append_docs(std::string& to, const command_entry& entry) {
  append_bulk(to, entry.name);
  append_array(to, 2);
  append_bulk(to, "summary");
  append_bulk(to, entry.summary);
}

std::string docs(std::span<const std::string_view> names) {
  std::vector<const command_entry*> wanted;
  for (const std::string_view each : names)
    if (const command_entry* found = find_command(each)) wanted.push_back(found);
  if (names.empty())
    for (const command_entry& each : entries)
      wanted.push_back(&each);
  std::string out;
  append_array(out, 2 * wanted.size());
  for (const command_entry* each : wanted)
    append_docs(out, *each);
  return out;
}

std::string infos(std::span<const std::string_view> names) {
  std::string out;
  append_array(out, names.empty() ? entries.size() : names.size());
  for (const std::string_view each : names) {
    if (const command_entry* found = find_command(each))
      append_entry(out, *found);
    else
      out.append("*-1\r\n");
  }
  if (names.empty())
    for (const command_entry& each : entries)
      append_entry(out, each);
  return out;
}

} // namespace

const command_entry* find_command(std::string_view name) noexcept {
  const auto found =
      std::ranges::find_if(entries, [&](const command_entry& each) { return same_word(each.name, name); });
  return found == entries.end() ? nullptr : found;
}

bool takes(const command_entry& entry, std::size_t words) noexcept {
  const auto count = static_cast<int>(words);
  return entry.arity >= 0 ? count == entry.arity : count >= -entry.arity;
}

std::string command_reply(std::span<const std::string_view> words) {
  std::string out;
  if (words.size() == 1) return infos({});
  if (same_word("docs", words[1])) return docs(words.subspan(2));
  if (same_word("info", words[1])) return infos(words.subspan(2));
  if (same_word("count", words[1]) && words.size() == 2) {
    append_integer(out, static_cast<std::int64_t>(entries.size()));
  } else if (same_word("list", words[1]) && words.size() == 2) {
    append_array(out, entries.size());
    for (const command_entry& each : entries)
      append_bulk(out, each.name);
  } else {
    append_error(out, "ERR unknown subcommand '" + std::string(words[1].substr(0, 128)) + "'. Try COMMAND DOCS.");
  }
  return out;
}

} // namespace kv_server
