#pragma once

#include <shardbridge/detail/arrivals.hpp>
#include <shardbridge/detail/bounded_queue.hpp>
#include <shardbridge/detail/file_ref.hpp>

#include <cstddef>
#include <cstdint>

namespace shardbridge::detail {

/// A listening socket of code on a shard, and the connections that nobody has taken yet.
class listener_core final : public arrivals {
 public:
  /// It keeps up to `most` connections. Throws std::bad_alloc.
  listener_core(shard_runtime& on, file_ref socket, std::size_t most);
  ~listener_core() override;

  [[nodiscard]] bool empty() const noexcept override { return accepted_.empty(); }
  /// The descriptor of the oldest; it is the caller's. There is one.
  int take() noexcept { return accepted_.pop_front(); }
  /// Those that came while it kept as many as it may, and were closed.
  [[nodiscard]] std::uint64_t dropped() const noexcept { return dropped_; }

  /// The address is free for another listener at once.
  void abandon() noexcept override;

  const file_ref file;

 private:
  bool keep(const arrival& what, bool waited) noexcept override;
  void drop(const arrival& what) noexcept override;
  void drop_all() noexcept override;
  [[nodiscard]] multishot_fsm::end meaning_of_end() noexcept override;

  bounded_queue<int> accepted_;
  std::uint64_t dropped_ = 0;
};

} // namespace shardbridge::detail
