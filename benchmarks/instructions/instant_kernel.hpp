// A kernel that does at once whatever is submitted to it, in a time of its own: what a shard's loop costs beside it is
// the same in each run. It has few instructions itself, which are counted with the loop's.
#pragma once

#include <shard_side/driver.hpp>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

namespace shardbridge::bench {

class instant_kernel final : public detail::driver {
 public:
  instant_kernel() { done_.reserve(most); }

  std::int64_t now() noexcept override { return time_ += look; }

  bool stage(detail::token which, const detail::submission& what) override {
    if (done_.size() == most) return false;
    done_.push_back({which, static_cast<std::int32_t>(what.length)});
    return true;
  }
  bool stage_cancel(detail::token) override { std::abort(); }
  bool stage_message(std::uint32_t, int) override { std::abort(); }
  std::size_t unsubmitted() const noexcept override { return done_.size() - submitted_; }
  void submit() override { submitted_ = done_.size(); }

  /// A wait is over when it began: then it is so late as it was to end.
  void enter(std::int64_t until) override {
    submitted_ = done_.size();
    if (!ready() && until != detail::never) time_ = std::max(time_, until);
  }
  bool ready() noexcept override { return reaped_ < submitted_; }
  std::size_t reap(std::span<detail::completion> into) override {
    const std::size_t count = std::min(into.size(), submitted_ - reaped_);
    std::copy_n(done_.data() + reaped_, count, into.data());
    reaped_ += count;
    if (reaped_ == done_.size()) {
      done_.clear();
      submitted_ = reaped_ = 0;
    }
    return count;
  }

  // Of receiving there is nothing here.
  detail::received_piece& piece(const detail::completion&, const msghdr*) noexcept override { std::abort(); }
  void give_back(std::uint16_t) noexcept override { std::abort(); }
  buffer_count buffers() const noexcept override { return {0, 0}; }
  int without_buffers() const noexcept override { return ENOBUFS; }
  bool supports(detail::op_code) const noexcept override { return true; }

 private:
  static constexpr std::size_t most = 4096;
  static constexpr std::int64_t look = 100; ///< between two looks at the clock, in nanoseconds

  std::int64_t time_ = std::int64_t{1} << 40U;
  std::vector<detail::completion> done_;
  std::size_t submitted_ = 0; ///< so many of `done_` have been
  std::size_t reaped_ = 0;
};

} // namespace shardbridge::bench
