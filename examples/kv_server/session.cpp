#include "session.hpp"

#include "command_table.hpp"
#include "resp_text.hpp"

#include <algorithm>
#include <utility>

namespace kv_server {
namespace {

constexpr std::size_t least_room = std::size_t{16} << 10;

std::string unknown(std::span<const std::string_view> words) {
  std::string out =
      "ERR unknown command '" + std::string(words.front().substr(0, 128)) + "', with args beginning with: ";
  for (const std::string_view each : words.subspan(1, std::min<std::size_t>(words.size() - 1, 8)))
    out.append(1, '\'').append(each.substr(0, 128)).append("' ");
  return out;
}

} // namespace

session::session(const session_limits& bounds, std::span<const setting> settings, std::size_t shards)
    : limits_(bounds), settings_(settings), reader_(bounds.resp), queue_(shards), memory_(least_room, '\0') {}

session::step session::next() {
  queue_.clear();
  reader_.forget();
  for (std::size_t operations = 0; !over_ && operations < limits_.batch;) {
    const auto found = reader_.next(input());
    if (found == resp_reader::status::incomplete) break;
    if (found == resp_reader::status::broken) {
      add_error(reader_.error());
      over_ = true;
      break;
    }
    const auto words = reader_.words();
    const std::size_t bytes = reader_.bytes();
    if (const step special = words.empty() ? step::read : take(words); special != step::read) {
      if (queue_.size() > 0) { // those before it come first, and then this one again
        reader_.again();
        return step::work;
      }
      begin_ += bytes;
      ++commands_;
      return special;
    }
    begin_ += bytes;
    operations += words.size();
    commands_ += words.empty() ? 0 : 1;
  }
  if (queue_.size() > 0) return step::work;
  return over_ ? step::end : step::read;
}

std::span<char> session::room() {
  if (begin_ > 0) std::copy(memory_.data() + begin_, memory_.data() + used_, memory_.data());
  used_ -= begin_;
  begin_ = 0;
  // What one long command took is given back behind it.
  if (used_ < least_room && memory_.capacity() > 4 * least_room) memory_ = memory_.substr(0, used_);
  if (memory_.size() < used_ + least_room) memory_.resize(std::max(used_ + least_room, used_ + used_ / 2));
  return std::span(memory_).subspan(used_);
}

void session::answer_info(std::string_view text) {
  append_bulk(output_, text);
}

session::step session::take(std::span<const std::string_view> words) {
  using enum key_operation::verb;
  using form = reply_queue::form;
  const command_entry* const found = find_command(words.front());
  if (found == nullptr) {
    add_error(unknown(words));
    return step::read;
  }
  if (!takes(*found, words.size())) {
    add_error("ERR wrong number of arguments for '" + std::string(found->name) + "' command");
    return step::read;
  }
  switch (found->what) {
  case command::get:
    add_keys(form::value, get, words.subspan(1));
    break;
  case command::mget:
    add_keys(form::array, get, words.subspan(1));
    break;
  case command::exists:
    add_keys(form::count, exists, words.subspan(1));
    break;
  case command::del:
    add_keys(form::count, erase, words.subspan(1));
    break;
  case command::set:
    add_set(words);
    break;
  case command::ping:
    add_ping(words);
    break;
  case command::command:
    queue_.add_text(command_reply(words));
    break;
  case command::config:
    queue_.add_text(config_reply(words, settings_));
    break;
  case command::quit:
    queue_.add_text("+OK\r\n");
    over_ = true;
    break;
  case command::info:
    section_ = words.size() > 1 ? std::string(words[1]) : std::string();
    return step::info;
  case command::shutdown:
    return step::shutdown;
  }
  return step::read;
}

void session::add_keys(reply_queue::form how, key_operation::verb what, std::span<const std::string_view> keys) {
  if (!check(keys)) return;
  queue_.add(how, keys.size());
  for (const std::string_view key : keys)
    queue_.add_operation(what, key);
}

void session::add_set(std::span<const std::string_view> words) {
  if (words.size() > 3) {
    add_error("ERR syntax error: SET takes a key and a value, no options");
  } else if (words[2].size() > limits_.value_bytes) {
    add_error("ERR the value has " + std::to_string(words[2].size()) + " bytes, of which it may have " +
              std::to_string(limits_.value_bytes));
  } else if (check(words.subspan(1, 1))) {
    queue_.add(reply_queue::form::ok, 1);
    queue_.add_operation(key_operation::verb::set, words[1], words[2]);
  }
}

void session::add_ping(std::span<const std::string_view> words) {
  std::string out;
  if (words.size() > 2)
    append_error(out, "ERR wrong number of arguments for 'ping' command");
  else if (words.size() == 2)
    append_bulk(out, words[1]);
  else
    append_simple(out, "PONG");
  queue_.add_text(std::move(out));
}

void session::add_error(std::string text) {
  std::string out;
  append_error(out, text);
  queue_.add_text(std::move(out));
}

bool session::check(std::span<const std::string_view> keys) {
  for (const std::string_view each : keys) {
    if (each.size() <= limits_.key_bytes) continue;
    add_error("ERR the key has " + std::to_string(each.size()) + " bytes, of which it may have " +
              std::to_string(limits_.key_bytes));
    return false;
  }
  return true;
}

} // namespace kv_server
