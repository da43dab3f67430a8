#include <shardbridge/detail/datagram_core.hpp>

#include <cerrno>

namespace shardbridge::detail {

datagram_core::datagram_core(shard_runtime& on, file_ref socket, std::size_t most) noexcept
    : arrivals(on, op_code::receive_from), file(std::move(socket)), most_(most) {
  asked_.msg_namelen = sizeof(sockaddr_storage);
  operation::file = file.get();
  message = &asked_;
}

datagram_core::~datagram_core() {
  drop_all();
}

bool datagram_core::keep(const arrival& what, bool waited) noexcept {
  if (waited || (received_.size() < most_ && runtime.may_keep_buffers())) {
    received_.push_back(*what.piece);
  } else {
    ++dropped_;
    drop(what);
  }
  return false; // a sender is not made to wait
}

void datagram_core::drop_all() noexcept {
  while (!received_.empty())
    runtime.give_back(received_.pop_front());
}

multishot_fsm::end datagram_core::meaning_of_end() noexcept {
  switch (result.kind) {
  case result_kind::success: // the kernel ends it with an empty datagram, too
  case result_kind::aborted:
    return multishot_fsm::end::paused;
  case result_kind::system_error:
    if (result.error == ENOBUFS) return multishot_fsm::end::starved;
    // Word of a datagram that was sent and did not arrive, such as ECONNREFUSED.
    fail_first();
    return multishot_fsm::end::paused;
  default:
    return multishot_fsm::end::over;
  }
}

} // namespace shardbridge::detail
