#include <shardbridge/detail/stream_core.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>

#include <sys/socket.h>

namespace shardbridge::detail {
namespace {

/// Pieces that one socket keeps before the kernel is told to pause: enough for what comes while a task does something
/// else, and few enough that one socket does not take all the memory there is.
constexpr std::size_t most_kept = 16;

/// Null: there is no memory.
received_piece* copy_of(const received_piece& from) noexcept {
  void* const at = ::operator new(sizeof(received_piece) + from.size, std::nothrow);
  if (at == nullptr) return nullptr;
  auto* const bytes = static_cast<std::byte*>(at) + sizeof(received_piece);
  std::memcpy(bytes, from.begin, from.size);
  return new (at) received_piece{.begin = bytes, .size = from.size, .copied = true};
}

constexpr op_result half_closed{result_kind::system_error, EPIPE, 0};

} // namespace

stream_core::stream_core(shard_runtime& on, file_ref socket) noexcept
    : arrivals(on, op_code::receive_many), file(std::move(socket)) {
  operation::file = file.get();
}

stream_core::~stream_core() {
  drop_all();
}

std::size_t stream_core::take_into(std::span<const iovec> room) noexcept {
  std::size_t taken = 0;
  for (const iovec& each : room) {
    auto* to = static_cast<std::byte*>(each.iov_base);
    std::size_t left = each.iov_len;
    while (left > 0 && !received_.empty()) {
      received_piece& from = received_.front();
      const std::size_t now = std::min(left, from.size);
      std::memcpy(to, from.begin, now);
      to += now;
      left -= now;
      taken += now;
      from.begin += now;
      from.size -= now;
      if (from.size == 0) runtime.give_back(received_.pop_front());
    }
  }
  return taken;
}

void stream_core::abandon() noexcept {
  if (sends || receives > 0) ::shutdown(file->get(), SHUT_RDWR); // which ends them
  arrivals::abandon();
}

void stream_core::break_off(const op_result& why) noexcept {
  close(why);
  ::shutdown(file->get(), SHUT_RD);
}

void stream_core::break_receiving() noexcept {
  break_off(half_closed);
}

void stream_core::break_sending() noexcept {
  sending_ = half_closed;
  ::shutdown(file->get(), SHUT_WR);
}

bool stream_core::keep(const arrival& what, bool waited) noexcept {
  received_piece* piece = what.piece;
  if (piece->size > 0 && !waited && !runtime.may_keep_buffers()) {
    piece = copy_of(*what.piece);
    drop(what);
  }
  if (piece == nullptr)
    break_off({result_kind::system_error, ENOMEM, 0});
  else if (piece->size == 0)
    drop(what);
  else
    received_.push_back(*piece);
  return received_.size() >= most_kept;
}

void stream_core::drop_all() noexcept {
  while (!received_.empty())
    runtime.give_back(received_.pop_front());
}

multishot_fsm::end stream_core::meaning_of_end() noexcept {
  switch (result.kind) {
  case result_kind::success:
    // With bytes: the kernel had no room to say more.
    if (result.value > 0) return multishot_fsm::end::paused;
    result = {result_kind::end_of_file, 0, 0};
    return multishot_fsm::end::over;
  case result_kind::aborted:
    return multishot_fsm::end::paused;
  case result_kind::system_error:
    return result.error == ENOBUFS ? multishot_fsm::end::starved : multishot_fsm::end::over;
  default:
    return multishot_fsm::end::over;
  }
}

} // namespace shardbridge::detail
