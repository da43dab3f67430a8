#include "resp_reader.hpp"

#include "inline_words.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace kv_server {

void resp_reader::begin() noexcept {
  over_ = in_array_ = in_word_ = false;
  at_ = left_ = 0;
  found_.clear();
  words_.clear();
}

resp_reader::status resp_reader::next(std::string_view input) {
  if (over_) begin();
  if (input.empty()) return status::incomplete;
  const status out = input.front() == '*' ? next_array(input) : next_line(input);
  over_ = out == status::command;
  return out;
}

resp_reader::status resp_reader::next_line(std::string_view input) {
  const auto end = input.find('\n', at_);
  at_ = std::min(end, input.size());
  if (at_ > limits_.line_bytes) return fail("too big inline request"); // be it whole or not
  if (end == input.npos) return status::incomplete;
  auto typed = inline_words(input.substr(0, end));
  if (!typed) return fail("unbalanced quotes in request");
  for (std::string& each : *typed)
    words_.push_back(typed_.emplace_back(std::move(each)));
  at_ = end + 1;
  return status::command;
}

resp_reader::status resp_reader::next_array(std::string_view input) {
  if (!in_array_) {
    const auto count = next_number(input, "too big mbulk count string", "invalid multibulk length",
                                   static_cast<long long>(limits_.words));
    if (count != status::command) return count;
    in_array_ = true;
    left_ = number_ > 0 ? static_cast<std::size_t>(number_) : 0;
  }
  for (; left_ > 0; --left_)
    if (const status word = next_word(input); word != status::command) return word;
  for (const extent& each : found_)
    words_.push_back(input.substr(each.at, each.size));
  return status::command;
}

resp_reader::status resp_reader::next_word(std::string_view input) {
  if (!in_word_) {
    if (at_ == input.size()) return status::incomplete;
    if (input[at_] != '$') return fail(std::string("expected '$', got '") + input[at_] + '\'');
    const auto length = next_number(input, "too big bulk count string", "invalid bulk length",
                                    static_cast<long long>(limits_.bulk_bytes));
    if (length != status::command) return length;
    if (number_ < 0) return fail("invalid bulk length");
    if (at_ + static_cast<std::size_t>(number_) > limits_.command_bytes) return fail("too big command");
    in_word_ = true;
  }
  const auto size = static_cast<std::size_t>(number_);
  if (input.size() - at_ < size + 2) return status::incomplete;
  found_.push_back({.at = at_, .size = size});
  at_ += size + 2;
  in_word_ = false;
  return status::command;
}

resp_reader::status resp_reader::next_number(std::string_view input, const char* too_long, const char* invalid,
                                             long long most) {
  const auto end = std::min(input.find('\r', at_), input.size());
  if (end - at_ > limits_.line_bytes) return fail(too_long);
  if (end + 1 >= input.size()) return status::incomplete;
  const auto [stop, wrong] = std::from_chars(input.data() + at_ + 1, input.data() + end, number_);
  if (wrong != std::errc() || stop != input.data() + end || number_ > most) return fail(invalid);
  at_ = end + 2;
  return status::command;
}

resp_reader::status resp_reader::fail(std::string what) {
  error_ = "ERR Protocol error: " + std::move(what);
  return status::broken;
}

} // namespace kv_server
