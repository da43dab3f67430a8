// What code on a shard awaits to be given what comes for its sockets.
#pragma once

#include <shardbridge/detail/iovecs.hpp>
#include <shardbridge/detail/socket_requests.hpp>
#include <shardbridge/detail/verb.hpp>
#include <shardbridge/received_buffer.hpp>
#include <shardbridge/shard_socket.hpp>

#include <coroutine>
#include <cstddef>
#include <optional>
#include <utility>

#include <unistd.h>

namespace shardbridge::detail {

class accept_awaiter final : public arrival_awaiter<listener_core> {
 public:
  accept_awaiter(shard_runtime& on, local_ref<listener_core> from, const io_options& options) noexcept
      : arrival_awaiter(on, std::move(from), options) {}
  ~accept_awaiter() {
    if (taken_ >= 0) ::close(taken_);
  }

  void take() noexcept override { taken_ = from_->take(); }
  /// Throws std::bad_alloc too; the connection is closed then.
  shard_socket await_resume() {
    expect_taken("accept");
    file_ref file(new descriptor(taken_));
    taken_ = -1;
    return shard_socket(local_ref(new stream_core(runtime, std::move(file))));
  }

 private:
  [[nodiscard]] const char* waits_for() const noexcept override { return "accept"; }

  int taken_ = -1;
};

/// Into memory of the shard's.
class bytes_awaiter final : public arrival_awaiter<stream_core> {
 public:
  bytes_awaiter(shard_runtime& on, local_ref<stream_core> from, const io_options& options) noexcept
      : arrival_awaiter(on, std::move(from), options) {}

  void take() noexcept override { taken_ = received_buffer(runtime, from_->take()); }
  received_buffer await_resume() {
    if (failure.kind == result_kind::end_of_file) failure.kind = result_kind::success;
    expect_taken("recv");
    return std::move(taken_);
  }

 private:
  [[nodiscard]] const char* waits_for() const noexcept override { return "recv"; }

  received_buffer taken_;
};

class datagram_awaiter final : public arrival_awaiter<datagram_core> {
 public:
  datagram_awaiter(shard_runtime& on, local_ref<datagram_core> from, const io_options& options) noexcept
      : arrival_awaiter(on, std::move(from), options) {}

  void take() noexcept override { taken_ = received_buffer(runtime, from_->take()); }
  datagram await_resume() {
    expect_taken("recv_from");
    return datagram(std::move(taken_));
  }

 private:
  [[nodiscard]] const char* waits_for() const noexcept override { return "recv_from"; }

  received_buffer taken_;
};

/// Of what the shard has received, or is about to, into its own memory.
class copy_awaiter final : public arrival_awaiter<stream_core> {
 public:
  copy_awaiter(shard_runtime& on, local_ref<stream_core> from, iovec_array&& into, const io_options& options) noexcept
      : arrival_awaiter(on, std::move(from), options), into_(std::move(into)) {}

  void take() noexcept override { bytes_ = from_->take_into(into_.all()); }
  std::size_t await_resume() {
    if (failure.kind == result_kind::end_of_file) failure.kind = result_kind::success;
    expect_taken("recv");
    return bytes_;
  }

 private:
  [[nodiscard]] const char* waits_for() const noexcept override { return "recv"; }

  const iovec_array into_;
  std::size_t bytes_ = 0;
};

/// Into memory of the caller's: by the kernel, or from where the shard has received it already.
class receive_into {
 public:
  receive_into(shard_runtime& on, local_ref<stream_core> from, iovec_array&& into, const io_options& options) noexcept
      : runtime_(on), from_(std::move(from)), into_(std::move(into)), options_(options) {}
  receive_into(const receive_into&) = delete;
  receive_into& operator=(const receive_into&) = delete;

  bool await_ready() {
    const bool nothing = into_.bytes() == 0;
    if (!from_ || !(nothing || from_->untouched())) {
      copied_.emplace(runtime_, from_, std::move(into_), options_);
      return copied_->await_ready();
    }
    const auto answered = nothing ? std::optional(op_result{}) : std::nullopt;
    asked_.emplace(runtime_, receive_request{.file = from_->file, .from = from_, .buffers = std::move(into_)}, options_,
                   "recv", answered);
    return asked_->await_ready();
  }
  void await_suspend(std::coroutine_handle<> awaiting) {
    if (copied_)
      copied_->await_suspend(awaiting);
    else
      asked_->await_suspend(awaiting);
  }
  std::size_t await_resume() { return copied_ ? copied_->await_resume() : asked_->await_resume(); }

 private:
  shard_runtime& runtime_;
  const local_ref<stream_core> from_;
  iovec_array into_;
  const io_options options_;
  std::optional<copy_awaiter> copied_;
  std::optional<verb<receive_request>> asked_;
};

} // namespace shardbridge::detail
