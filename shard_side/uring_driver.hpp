#pragma once

#include <shard_side/driver.hpp>
#include <shard_side/provided_buffers.hpp>
#include <shard_side/registered_memory.hpp>
#include <shard_side/ring.hpp>
#include <shard_side/ring_features.hpp>

#include <bridge/event_fd.hpp>

#include <cstdint>
#include <optional>
#include <vector>

namespace shardbridge::detail {

/// The driver on io_uring. Watches the shard's eventfd with a multishot poll, so that a wake ends enter() like a
/// completion.
class uring_driver final : public driver {
 public:
  struct setup {
    unsigned entries;                  ///< see ring
    std::uint16_t receive_buffers = 0; ///< see provided_buffers
    std::size_t receive_buffer_bytes = 0;
    std::uint64_t zero_copy_from = UINT64_MAX; ///< bytes: sends of so many are not copied, where the kernel can do that
    std::optional<ring_features> features{};   ///< to do without what the kernel has; none: what is found
  };
  uring_driver(const setup& wanted, const event_fd& wake);

  /// Before the first stage(). Returns an errno; then the memory is used as any other.
  [[nodiscard]] int register_memory(const registered_memory& memory);

  bool stage(token operation, const submission& what) override;
  bool stage_cancel(token which) override;
  bool stage_message(std::uint32_t which, int ring) override;
  std::size_t unsubmitted() const noexcept override { return io_uring_sq_ready(ring_.get()); }
  void submit() override;
  void enter(std::int64_t until) override;
  std::size_t reap(std::span<completion> into) override;
  bool ready() noexcept override;
  received_piece& piece(const completion& came, const msghdr* asked) noexcept override;
  void give_back(std::uint16_t buffer) noexcept override { provided_.give_back(buffer); }
  buffer_count buffers() const noexcept override { return {provided_.size(), provided_.lent()}; }
  int without_buffers() const noexcept override;
  std::uint64_t overflowed() const noexcept override;
  std::uint64_t registered() const noexcept override { return registered_submissions_; }
  bool supports(op_code code) const noexcept override;
  int address() const noexcept override { return ring_.address(); }
  void leave_thread() noexcept override { ring_.leave_thread(); }

  [[nodiscard]] const std::string& description() const noexcept { return ring_.description(); }
  [[nodiscard]] const ring_features& features() const noexcept { return features_; }
  /// See ring::limit_workers().
  void limit_workers(unsigned count) noexcept { ring_.limit_workers(count); }

 private:
  void watch_wake();
  void prepare_accept(io_uring_sqe* sqe, int fd) const noexcept;
  void prepare_transfer(io_uring_sqe* sqe, const submission& what) noexcept;
  void prepare_send(io_uring_sqe* sqe, const submission& what) const noexcept;

  ring ring_;
  const ring_features features_;
  provided_buffers provided_;
  const std::uint64_t zero_copy_from_;
  const event_fd& wake_;
  bool watching_ = false;
  registered_memory memory_{{}};
  std::uint64_t registered_submissions_ = 0;
  std::vector<__kernel_timespec> timeouts_; // by slot: the kernel reads them at submission
};

} // namespace shardbridge::detail
