// Goal: a kernel that does what the test says: completes in any order, refuses room, fails.
// Method: implements the seam between loop and kernel. It remembers every submission that is under way and what CQEs it
// owes, and reports a misuse of the seam (two submissions of one name, a completion nobody submitted) as a failure.
//
// A waiting enter() returns at once: `on_wait` says whether it was right to wait, `on_enter` does what happens
// meanwhile.
#pragma once

#include "printers.hpp"

#include <shard_side/driver.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <span>
#include <system_error>
#include <vector>

#include <gtest/gtest.h>

namespace shardbridge::detail {

class fake_driver final : public driver {
 public:
  /// A submission whose CQEs have not all been posted.
  struct entry {
    token which;
    submission what;
    bool operation = true; ///< owes the operation's CQE
    bool timeout = false;  ///< owes the linked timeout's
    bool sync = false;     ///< owes that of the sync behind a write
    bool written = false;  ///< the sync has begun
    int cancels = 0;       ///< owes so many of cancels
    cqe_kind cancelled{};  ///< what the last of them named
    bool entered = false;  ///< enter() has taken it along
  };

  fake_driver() = default;
  /// With a time of its own, which begins there.
  explicit fake_driver(std::int64_t began) : time(began) {}

  // What the loop calls.

  std::int64_t now() noexcept override { return time ? *time += 100 : driver::now(); }

  bool stage(token which, const submission& what) override {
    if (on_stage) on_stage();
    if (refused()) return false;
    EXPECT_EQ(which.kind(), cqe_kind::operation);
    EXPECT_EQ(find(which), nullptr) << "two submissions of one name in the kernel";
    const bool timed = what.linked_deadline != never;
    const bool synced = what.then != op_code::nop;
    EXPECT_FALSE(timed && synced) << "only one can be linked behind an operation";
    under_way.push_back({.which = which, .what = what, .timeout = timed, .sync = synced});
    ++staged;
    since_enter_ += timed || synced ? 2U : 1U;
    return true;
  }

  bool stage_cancel(token which) override {
    if (refused()) return false;
    ++cancels_staged;
    ++since_enter_;
    // Of one that is over already the kernel answers ENOENT, by a name that is nobody's any more.
    if (entry* const meant = find(which)) {
      ++meant->cancels;
      meant->cancelled = which.kind();
      EXPECT_LE(meant->cancels, 1) << "the CQ has room for one cancel a submission";
    } else {
      posted_.push_back({which.as(cqe_kind::cancel), -ENOENT});
    }
    return true;
  }

  bool stage_message(std::uint32_t which, int ring) override {
    if (refused()) return false;
    messages.push_back({which, ring});
    ++since_enter_;
    return true;
  }

  void submit() override { enter(no_wait); }

  void enter(std::int64_t until) override {
    ++enters;
    since_enter_ = 0;
    if (until != no_wait) {
      ++waits;
      waited_until = until;
      if (on_wait) on_wait();
    }
    if (on_enter) on_enter();
    if (failures > 0 || enters == failing_enter) {
      failures = std::max(failures - 1, 0);
      throw std::system_error(EIO, std::generic_category(), "the fake kernel fails");
    }
    for (entry& each : under_way)
      each.entered = true;
  }

  std::size_t reap(std::span<completion> into) override {
    const std::size_t count = std::min(into.size(), posted_.size());
    std::copy_n(posted_.begin(), count, into.begin());
    posted_.erase(posted_.begin(), posted_.begin() + static_cast<std::ptrdiff_t>(count));
    return count;
  }

  received_piece& piece(const completion& came, const msghdr*) noexcept override {
    ++lent;
    received_piece& made = pieces.at(static_cast<std::size_t>(came.buffer));
    made = {.begin = memory.at(static_cast<std::size_t>(came.buffer)).data(),
            .size = static_cast<std::size_t>(came.result),
            .buffer = static_cast<std::uint16_t>(came.buffer)};
    return made;
  }
  void give_back(std::uint16_t buffer) noexcept override {
    --lent;
    given_back.push_back(buffer);
  }
  buffer_count buffers() const noexcept override { return {pieces.size(), lent}; }
  int without_buffers() const noexcept override { return no_buffers; }

  bool ready() noexcept override { return !posted_.empty(); }
  std::size_t unsubmitted() const noexcept override { return since_enter_; }
  bool supports(op_code code) const noexcept override { return code != op_code::resize || has_ftruncate; }

  // What the test calls. Positions are those in `under_way`, oldest first.

  void post_operation(std::size_t at, std::int32_t result) {
    entry& each = under_way.at(at);
    EXPECT_TRUE(each.operation);
    each.operation = false;
    each.written = result >= 0 && static_cast<std::uint64_t>(result) == each.what.length;
    post(at, cqe_kind::operation, result);
  }
  void post_timeout(std::size_t at, std::int32_t result) {
    entry& each = under_way.at(at);
    EXPECT_TRUE(each.timeout);
    each.timeout = false;
    post(at, cqe_kind::timeout, result);
  }
  void post_sync(std::size_t at, std::int32_t result) {
    entry& each = under_way.at(at);
    EXPECT_TRUE(each.sync);
    EXPECT_FALSE(each.operation) << "it follows the write";
    EXPECT_TRUE(each.written || result == -ECANCELED) << "nothing was written that it could sync";
    each.sync = false;
    post(at, cqe_kind::sync, result);
  }
  void post_cancel(std::size_t at, std::int32_t result) {
    entry& each = under_way.at(at);
    EXPECT_GT(each.cancels, 0);
    --each.cancels;
    post(at, cqe_kind::cancel, result);
  }
  /// One answer of an operation that is answered often; `buffer`: filled with that many bytes.
  void post_more(std::size_t at, std::int32_t result, std::int32_t buffer = -1) {
    EXPECT_TRUE(under_way.at(at).entered);
    posted_.push_back({.which = under_way[at].which, .result = result, .more = true, .buffer = buffer});
  }
  /// The last answer of such an operation that has no timeout, with a buffer.
  void post_last(std::size_t at, std::int32_t result, std::int32_t buffer) {
    under_way.at(at).operation = false;
    post(at, cqe_kind::operation, result);
    posted_.back().buffer = buffer;
  }
  /// The notification of a zero-copy send, whose result was posted with post_more().
  void post_notification(std::size_t at) {
    under_way.at(at).operation = false;
    post(at, cqe_kind::operation, 0);
    posted_.back().notification = true;
  }
  /// The operation's CQE and whatever else is owed, as the kernel answers when nothing interferes.
  void complete(std::size_t at, std::int32_t result) {
    const token which = under_way.at(at).which;
    const bool timeout = under_way[at].timeout;
    const bool sync = under_way[at].sync;
    const int cancels = under_way[at].cancels;
    post_operation(at, result);
    if (timeout) post_timeout(position(which), -ECANCELED);
    if (sync) post_sync(position(which), under_way[position(which)].written ? 0 : -ECANCELED);
    for (int each = 0; each < cancels; ++each)
      post_cancel(position(which), result == -ECANCELED ? 0 : -ENOENT);
  }
  void complete(std::int32_t result) { complete(0, result); }
  void post_raw(completion each) { posted_.push_back(each); }

  struct message {
    std::uint32_t shard;
    int ring;
    friend bool operator==(const message&, const message&) = default;
  };

  std::optional<std::int64_t> time; ///< its own, which every look moves on; none: the real one
  std::vector<entry> under_way;
  std::vector<message> messages;
  int staged = 0;
  int cancels_staged = 0;
  int enters = 0;
  int waits = 0;
  std::int64_t waited_until = 0;
  int refusals = 0;       ///< the next so many stage calls find no room
  int failures = 0;       ///< the next so many enters throw
  int failing_enter = -1; ///< so does the one of this number
  bool has_ftruncate = true;
  std::size_t lent = 0;
  int no_buffers = 0; ///< an errno: there are no receive buffers
  std::array<std::array<std::byte, 16>, 8> memory{};
  std::array<received_piece, 8> pieces{};
  std::vector<std::uint16_t> given_back;
  std::function<void()> on_stage, on_enter, on_wait;

 private:
  bool refused() {
    if (refusals == 0) return false;
    --refusals;
    return true;
  }
  entry* find(token which) {
    const auto found = std::find_if(under_way.begin(), under_way.end(), [&](const entry& each) {
      return each.which.as(which.kind()).pack() == which.pack();
    });
    return found == under_way.end() ? nullptr : &*found;
  }
  std::size_t position(token which) { return static_cast<std::size_t>(find(which) - under_way.data()); }
  void post(std::size_t at, cqe_kind kind, std::int32_t result) {
    entry& each = under_way[at];
    EXPECT_TRUE(each.entered) << "completed before it was submitted";
    posted_.push_back({each.which.as(kind), result});
    if (!each.operation && !each.timeout && !each.sync && each.cancels == 0)
      under_way.erase(under_way.begin() + static_cast<std::ptrdiff_t>(at));
  }

  std::size_t since_enter_ = 0;
  std::deque<completion> posted_;
};

} // namespace shardbridge::detail
