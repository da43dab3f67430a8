#include <shardbridge/detail/listener_core.hpp>

#include <cerrno>

#include <sys/socket.h>
#include <unistd.h>

namespace shardbridge::detail {
namespace {

/// Connections that a listener keeps before the kernel is told to pause: those behind them wait in the backlog of
/// listen(2).
constexpr std::size_t pause_at = 16;

/// Errors of the connection and not of the listener: see accept(2).
bool of_one_connection(int error) noexcept {
  return error == ECONNABORTED || error == EPROTO || error == ENETDOWN || error == ENOPROTOOPT || error == EHOSTDOWN ||
         error == ENONET || error == EHOSTUNREACH || error == ENETUNREACH;
}

/// Errors that go away: see accept(2).
bool for_want_of_room(int error) noexcept {
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

} // namespace

listener_core::listener_core(shard_runtime& on, file_ref socket, std::size_t most)
    : arrivals(on, op_code::accept), file(std::move(socket)), accepted_(most) {
  operation::file = file.get();
}

listener_core::~listener_core() {
  drop_all();
}

// The descriptor is closed when the kernel has let go of the accept: by then others may have connected in vain.
void listener_core::abandon() noexcept {
  ::shutdown(file->get(), SHUT_RDWR);
  arrivals::abandon();
}

bool listener_core::keep(const arrival& what, bool) noexcept {
  if (accepted_.full()) {
    ++dropped_;
    drop(what);
  } else {
    accepted_.push_back(int{what.descriptor});
  }
  return accepted_.size() >= pause_at;
}

void listener_core::drop(const arrival& what) noexcept {
  ::close(what.descriptor);
}

void listener_core::drop_all() noexcept {
  while (!accepted_.empty())
    ::close(accepted_.pop_front());
}

multishot_fsm::end listener_core::meaning_of_end() noexcept {
  switch (result.kind) {
  case result_kind::success:
  case result_kind::aborted:
    return multishot_fsm::end::paused;
  case result_kind::system_error:
    if (of_one_connection(result.error)) return multishot_fsm::end::paused;
    if (!for_want_of_room(result.error)) return multishot_fsm::end::over;
    fail_first();
    return multishot_fsm::end::paused;
  default:
    return multishot_fsm::end::over;
  }
}

} // namespace shardbridge::detail
