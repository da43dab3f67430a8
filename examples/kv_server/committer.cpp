#include "committer.hpp"

#include <boost/system/system_error.hpp>

#include <utility>

namespace kv_server {

using shardbridge::task;

committer::ticket committer::add(std::uint64_t hash, std::string_view key, std::optional<std::string_view> value) {
  const ticket out = put(key, value);
  recent_.wrote(hash, out.batch->number);
  return out;
}

committer::ticket committer::add_copy(std::string_view key, std::string_view value) {
  return put(key, value);
}

committer::ticket committer::put(std::string_view key, std::optional<std::string_view> value) {
  const std::size_t more = record_header_bytes + key.size() + (value ? value->size() : 0);
  const bool gathers = on_their_way_.size() > (busy_ ? 1 : 0);
  if (!gathers || on_their_way_.back()->bytes.size() + more > limits_.batch_bytes) {
    on_their_way_.push_back(std::make_shared<commit_batch>());
    on_their_way_.back()->number = ++last_number_;
  }
  const auto& batch = on_their_way_.back();
  const ticket out{.batch = batch, .entry = batch->add(key, value)};
  static_cast<void>(bell_.try_send({}));
  return out;
}

std::shared_ptr<commit_batch> committer::pending(std::uint64_t hash) const noexcept {
  if (on_their_way_.empty()) return nullptr;
  const std::uint64_t number = recent_.last(hash);
  const std::uint64_t first = on_their_way_.front()->number;
  return number < first ? nullptr : on_their_way_[number - first];
}

task<> committer::wait(std::shared_ptr<commit_batch> batch) {
  if (batch->over) co_return;
  shardbridge::oneshot<> ended(self_);
  batch->waiting.push_back(ended.make_sender());
  co_await ended.get();
}

task<> committer::run(std::function<void()> committed) {
  while (co_await bell_.receive()) {
    while (!on_their_way_.empty()) {
      busy_ = true;
      const auto batch = on_their_way_.front();
      co_await commit(*batch);
      busy_ = false;
      on_their_way_.pop_front();
      committed();
    }
  }
}

task<> committer::commit(commit_batch& batch) {
  const bool durable = health_.now() != log_health::state::read_only && co_await write(batch);
  if (!durable) {
    batch.end(refusal());
    co_return;
  }
  segment& last = *log_.all.back();
  batch.apply(log_.index, last, last.end);
  last.end += batch.bytes.size();
  log_.next_sequence += batch.entries.size();
  ++commits_;
  records_ += batch.entries.size();
  health_.succeeded();
  batch.end();
}

task<bool> committer::write(commit_batch& batch) {
  log_step at = log_step::cut;
  try {
    if (health_.now() == log_health::state::must_cut) {
      co_await files_.resize(log_.all.back()->file, log_.all.back()->end);
      health_.cut();
    }
    if (!fits(batch)) co_await add_segment(at);
    const segment& last = *log_.all.back();
    batch.seal(log_.next_sequence);
    at = log_step::write;
    const shardbridge::synced_write ended = co_await files_.write_and_sync(last.file, last.end, batch.bytes);
    if (ended.write) throw boost::system::system_error(ended.write, "write");
    at = log_step::sync;
    if (ended.sync) throw boost::system::system_error(ended.sync, "sync");
    co_return true;
  } catch (const boost::system::system_error& problem) {
    const auto& why = problem.code();
    const bool of_system = why.category() == boost::system::system_category();
    health_.failed(at, of_system ? why.value() : 0,
                   log_.all.empty() ? why.message() : log_.all.back()->file.path + ": " + problem.what());
    co_return false;
  }
}

task<> committer::add_segment(log_step& at) {
  at = log_step::make;
  const segment_header header{.number = log_.all.empty() ? 1 : log_.all.back()->number + 1,
                              .shard = log_.shard,
                              .previous_end = log_.all.empty() ? 0 : log_.all.back()->end,
                              .first_sequence = log_.next_sequence};
  auto made = std::make_shared<segment>();
  made->file = co_await maker_.make(header);
  at = log_step::name;
  co_await files_.sync_folder(log_.folder);
  made->number = header.number;
  made->end = segment_header_bytes;
  log_.all.push_back(std::move(made));
  maker_.prepare();
}

bool committer::fits(const commit_batch& batch) const noexcept {
  if (log_.all.empty()) return false;
  const std::uint64_t end = log_.all.back()->end;
  return end == segment_header_bytes || end + batch.bytes.size() <= limits_.segment_bytes;
}

// As Redis calls a server that cannot write.
std::string committer::refusal() const {
  const bool for_good = health_.now() == log_health::state::read_only;
  return "MISCONF " + std::string(for_good ? "this shard is read-only since a write failed: " : "not written: ") +
         health_.cause();
}

} // namespace kv_server
