#include "log_store.hpp"

#include "record.hpp"

#include <shardbridge/when.hpp>

#include <boost/system/system_error.hpp>

#include <utility>
#include <vector>

namespace kv_server {

using shardbridge::task;
using verb = key_operation::verb;
using outcome = key_operation::outcome;

/// A value on the disk that is to be answered. The segment stays, even without its name.
struct log_store::found_value {
  key_operation* to;
  place where;
  std::shared_ptr<segment> in;
};

namespace {

/// A write that is to be answered.
struct begun_write {
  key_operation* to;
  committer::ticket how;
};

void answer(const begun_write& write) {
  const commit_batch& batch = *write.how.batch;
  if (!batch.failure.empty()) {
    write.to->result = outcome::failed;
    write.to->text = batch.failure;
  } else {
    const bool no = write.to->what == verb::erase && !batch.entries[write.how.entry].existed;
    write.to->result = no ? outcome::no : outcome::yes;
  }
}

} // namespace

log_store::log_store(shardbridge::shard& on, const store_options& with)
    : self_(on), files_(on, with.watch), maker_(on, files_, with.folder, with.segment_bytes),
      committer_(on, files_, log_, maker_, {.segment_bytes = with.segment_bytes, .batch_bytes = with.batch_bytes}),
      compactor_(on, files_, log_, committer_, with.garbage_ratio) {
  log_.shard = with.shard;
  log_.folder.path = with.folder;
}

task<std::unique_ptr<log_store>> log_store::open(shardbridge::shard& on, store_options with) {
  auto out = std::make_unique<log_store>(on, with);
  co_await out->start(with.accept_damage);
  co_return out;
}

task<> log_store::start(bool accept_damage) {
  const std::string folder = log_.folder.path;
  log_.folder = co_await files_.open(folder, shardbridge::open_flags::read_only);
  recovered_ = co_await recover(files_, maker_, log_, accept_damage);
  if (!log_.all.empty()) maker_.prepare();
  committing_.emplace(self_.spawn(committer_.run([this] { compactor_.ring(); })));
  compacting_.emplace(self_.spawn(compactor_.run()));
  compactor_.ring();
}

task<> log_store::execute(key_work& work) {
  std::vector<found_value> reads;
  std::vector<begun_write> writes;
  std::size_t bytes = 0;
  for (; work.done != work.all.size(); ++work.done) {
    key_operation& each = work.all[work.done];
    if (each.what == verb::set) {
      writes.push_back({.to = &each, .how = committer_.add(each.hash, each.key, each.value)});
      continue;
    }
    if (each.what == verb::erase) {
      if (log_.index.find(each.key) != nullptr || committer_.pending(each.hash))
        writes.push_back({.to = &each, .how = committer_.add(each.hash, each.key, std::nullopt)});
      else
        each.result = outcome::no;
      continue;
    }
    if (const auto before = committer_.pending(each.hash)) co_await committer_.wait(before);
    const place* const found = log_.index.find(each.key);
    const bool is_read = found != nullptr && each.what == verb::get;
    if (is_read && !reads.empty() && bytes + found->bytes > work.answer_bytes) break;
    each.result = found != nullptr ? outcome::yes : outcome::no;
    if (!is_read) continue;
    bytes += found->bytes;
    reads.push_back({.to = &each, .where = *found, .in = found->in->shared_from_this()});
  }
  co_await read(reads);
  for (const begun_write& each : writes) {
    co_await committer_.wait(each.how.batch);
    answer(each);
  }
}

task<> log_store::read(std::vector<found_value>& all) {
  if (all.size() == 1) {
    co_await read_one(all.front());
  } else if (all.size() > 1) {
    std::vector<task<>> reading;
    reading.reserve(all.size());
    for (const found_value& each : all)
      reading.push_back(read_one(each));
    co_await when_all(self_, std::move(reading));
  }
}

// The whole record, so that what the disk gives is checked.
task<> log_store::read_one(const found_value& which) {
  key_operation& to = *which.to;
  try {
    to.text = co_await files_.read(which.in->file, which.where.at, which.where.bytes);
    const auto found = read_record(to.text);
    if (found && found->key == to.key && found->value) {
      to.value_at = static_cast<std::uint32_t>(to.text.size() - found->value->size());
      co_return;
    }
    to.text = "IOERR " + which.in->file.path + " is damaged at offset " + std::to_string(which.where.at);
  } catch (const boost::system::system_error& problem) {
    to.text = "IOERR " + which.in->file.path + ": " + problem.what();
  }
  to.result = outcome::failed;
}

store_numbers log_store::numbers() const {
  const segment_sums sums = sum_of(log_.all);
  return {.keys = log_.index.size(),
          .segments = log_.all.size(),
          .log_bytes = sums.bytes,
          .live_bytes = sums.live_bytes,
          .commits = committer_.commits(),
          .records = committer_.records(),
          .compacted_segments = compactor_.removed(),
          .compacted_bytes = compactor_.copied_bytes(),
          .recovered_records = recovered_.records,
          .torn_bytes = recovered_.torn_bytes,
          .accepted_damages = recovered_.damages,
          .read_only = committer_.health().now() == log_health::state::read_only ? 1U : 0U,
          .write_failure = committer_.health().cause(),
          .compact_failure = compactor_.cause()};
}

task<> log_store::close() {
  if (compacting_) {
    auto compacting = std::move(*compacting_);
    compacting_.reset();
    compactor_.close();
    co_await std::move(compacting).join();
  }
  if (committing_) {
    auto committing = std::move(*committing_);
    committing_.reset();
    committer_.close();
    co_await std::move(committing).join();
  }
  co_await maker_.stop();
}

} // namespace kv_server
