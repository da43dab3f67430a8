#include "reply_queue.hpp"

#include "key_hash.hpp"
#include "resp_text.hpp"

#include <utility>

namespace kv_server {

using outcome = key_operation::outcome;

void reply_queue::add_text(std::string text) {
  parts_.push_back({.how = form::text, .operations = 0, .text = std::move(text)});
}

void reply_queue::add_operation(key_operation::verb what, std::string_view key, std::string_view value) {
  const std::uint64_t hash = hash_of(key);
  const std::size_t shard = shard_of(hash, works_.size());
  auto& all = works_[shard].all;
  operations_.push_back({.shard = static_cast<std::uint32_t>(shard), .number = static_cast<std::uint32_t>(all.size())});
  all.push_back({.what = what, .hash = hash, .key = key, .value = value});
}

void reply_queue::take_replies(std::string& to) {
  while (!answered() && take(parts_[next_part_], to)) {
    ++next_part_;
    taken_ = yes_ = 0;
    failure_.clear();
  }
}

bool reply_queue::take(const part& from, std::string& to) {
  if (from.how == form::text) to.append(from.text);
  if (from.how == form::array && taken_ == 0) {
    if (works_[operations_[next_operation_].shard].all[operations_[next_operation_].number].result == outcome::open)
      return false;
    append_array(to, from.operations);
  }
  for (; taken_ != from.operations; ++taken_, ++next_operation_) {
    key_operation& each = works_[operations_[next_operation_].shard].all[operations_[next_operation_].number];
    if (each.result == outcome::open) return false;
    if (from.how == form::value || from.how == form::array)
      take_value(each, to);
    else if (each.result == outcome::failed && failure_.empty())
      failure_ = std::move(each.text);
    yes_ += each.result == outcome::yes;
  }
  if (!failure_.empty())
    append_error(to, failure_);
  else if (from.how == form::ok)
    append_simple(to, "OK");
  else if (from.how == form::count)
    append_integer(to, static_cast<std::int64_t>(yes_));
  return true;
}

void reply_queue::take_value(key_operation& from, std::string& to) {
  if (from.result == outcome::failed)
    append_error(to, from.text);
  else if (from.result == outcome::yes)
    append_bulk(to, from.answer());
  else
    append_null(to);
  from.text = {}; // its memory is the client's by now
}

void reply_queue::clear() {
  for (key_work& each : works_) {
    each.all.clear();
    each.done = 0;
  }
  parts_.clear();
  operations_.clear();
  next_part_ = next_operation_ = 0;
}

} // namespace kv_server
