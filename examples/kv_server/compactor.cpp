#include "compactor.hpp"

#include "key_hash.hpp"
#include "record.hpp"

#include <boost/system/system_error.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <utility>

namespace kv_server {
namespace {

using shardbridge::task;

/// Read at once, and copied by one commit.
constexpr std::size_t step_bytes = std::size_t{256} << 10;
/// When a commit has failed, as on a full disk, or all that is left is being written just now.
constexpr std::chrono::milliseconds pause_failed{1000};
constexpr std::chrono::milliseconds pause_busy{20};

} // namespace

task<> compactor::run() {
  try {
    while (co_await bell_.receive())
      while (!closing_ && wants_compaction(log_.all, ratio_)) {
        const bool removed = co_await remove_oldest();
        if (!removed) co_await pause(pause_failed);
      }
  } catch (const std::exception& problem) { // another try could undo what a tombstone stands for
    cause_ = problem.what();
  }
}

task<> compactor::pause(std::chrono::milliseconds length) {
  constexpr std::chrono::milliseconds look{20};
  for (; length.count() > 0 && !closing_; length -= look)
    co_await self_.sleep_for(look);
}

task<bool> compactor::remove_oldest() {
  const std::shared_ptr<segment> oldest = log_.all.front();
  while (oldest->live_records > 0) {
    const std::uint64_t before = oldest->live_records;
    for (std::uint64_t at = segment_header_bytes; at < oldest->end && oldest->live_records > 0;) {
      while (!closing_ && self_.level() != shardbridge::pressure_level::normal)
        co_await pause(pause_busy); // clients come first
      if (closing_) co_return false;
      at = co_await copy_some(*oldest, at);
      if (at == 0) co_return false;
    }
    if (oldest->live_records == before) co_await pause(pause_busy);
  }
  co_await files_.unlink(oldest->file.path);
  co_await files_.sync_folder(log_.folder);
  log_.all.pop_front();
  ++removed_;
  co_return true;
}

task<std::uint64_t> compactor::copy_some(const segment& from, std::uint64_t at) {
  std::string bytes = co_await files_.read(from.file, at, std::min<std::uint64_t>(step_bytes, from.end - at));
  if (const std::size_t first = record_bytes_at(bytes); first > bytes.size())
    bytes = co_await files_.read(from.file, at, first);
  std::shared_ptr<commit_batch> last;
  std::string_view rest = bytes;
  while (record_bytes_at(rest) != 0 && record_bytes_at(rest) <= rest.size()) {
    const auto each = read_record(rest);
    if (!each) throw std::runtime_error(from.file.path + " is damaged at offset " + std::to_string(at));
    const place* const live = each->value ? log_.index.find(each->key) : nullptr;
    const bool is_live = live != nullptr && live->in == &from && live->at == at;
    // One that is being written will not be live, unless that fails: then it is copied next time.
    if (is_live && !committer_.pending(hash_of(each->key))) {
      last = committer_.add_copy(each->key, *each->value).batch;
      copied_bytes_ += each->bytes();
    }
    at += each->bytes();
    rest.remove_prefix(each->bytes());
  }
  if (!last) {
    co_await self_.yield();
    co_return at;
  }
  co_await committer_.wait(last);
  co_return last->failure.empty() ? at : 0;
}

} // namespace kv_server
