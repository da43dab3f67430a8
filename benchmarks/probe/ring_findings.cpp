#include "findings.hpp"

#include <liburing.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <iterator>
#include <memory>
#include <system_error>

#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

namespace shardbridge::bench {
namespace {

constexpr unsigned entries = 8;

std::string sentence_of(int error) {
  return std::generic_category().message(error);
}

/// A ring for as long as it lives; `error()` is an errno.
class tried_ring {
 public:
  explicit tried_ring(unsigned flags = 0) {
    io_uring_params params{};
    params.flags = flags;
    params.cq_entries = 4 * entries;
    error_ = -io_uring_queue_init_params(entries, &ring_, &params);
  }
  ~tried_ring() {
    if (error_ == 0) io_uring_queue_exit(&ring_);
  }
  tried_ring(const tried_ring&) = delete;
  tried_ring& operator=(const tried_ring&) = delete;

  [[nodiscard]] int error() const noexcept { return error_; }
  [[nodiscard]] io_uring* get() noexcept { return &ring_; }

  /// An errno.
  int complete_nop() {
    io_uring_prep_nop(io_uring_get_sqe(&ring_));
    const int submitted = io_uring_submit_and_wait(&ring_, 1);
    if (submitted < 0) return -submitted;
    io_uring_cqe* cqe = nullptr;
    return -io_uring_peek_cqe(&ring_, &cqe);
  }

 private:
  io_uring ring_{};
  int error_ = 0;
};

finding found(std::string what, int error) {
  return {std::move(what), error == 0, error == 0 ? std::string() : sentence_of(error)};
}

int try_provided_buffers(io_uring* ring) {
  const std::size_t page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  void* const memory = ::mmap(nullptr, page, PROT_READ | PROT_WRITE, MAP_ANONYMOUS | MAP_PRIVATE, -1, 0);
  if (memory == MAP_FAILED) return errno;
  io_uring_buf_reg asked{};
  asked.ring_addr = reinterpret_cast<std::uintptr_t>(memory);
  asked.ring_entries = 8;
  const int failed = -io_uring_register_buf_ring(ring, &asked, 0);
  if (failed == 0) io_uring_unregister_buf_ring(ring, 0);
  ::munmap(memory, page);
  return failed;
}

int try_registered_buffer(io_uring* ring, std::size_t bytes) {
  const std::unique_ptr<void, decltype(&std::free)> memory(std::aligned_alloc(4096, bytes), &std::free);
  if (memory == nullptr) return ENOMEM;
  const iovec piece{memory.get(), bytes};
  const int failed = -io_uring_register_buffers(ring, &piece, 1);
  if (failed == 0) io_uring_unregister_buffers(ring);
  return failed;
}

int try_registered_file(io_uring* ring) {
  const int file = STDERR_FILENO;
  const int failed = -io_uring_register_files(ring, &file, 1);
  if (failed == 0) io_uring_unregister_files(ring);
  return failed;
}

/// What a kernel does not know it refuses before it looks for the descriptor.
template <class Prepare>
int try_without_descriptor(io_uring* ring, Prepare prepare) {
  prepare(io_uring_get_sqe(ring));
  const int submitted = io_uring_submit_and_wait(ring, 1);
  if (submitted < 0) return -submitted;
  io_uring_cqe* cqe = nullptr;
  if (const int failed = -io_uring_peek_cqe(ring, &cqe); failed != 0) return failed;
  const int answer = -cqe->res;
  io_uring_cqe_seen(ring, cqe);
  return answer == EBADF ? 0 : answer;
}

std::vector<finding> find_multishots() {
  std::vector<finding> out;
  tried_ring ring;
  if (ring.error() != 0) return out;
  const auto tried = [&](const char* name, auto prepare) {
    out.push_back(found(name, try_without_descriptor(ring.get(), prepare)));
  };
  msghdr message{};
  tried("ACCEPT, multishot", [](io_uring_sqe* sqe) { io_uring_prep_multishot_accept(sqe, -1, nullptr, nullptr, 0); });
  tried("RECV, multishot", [](io_uring_sqe* sqe) {
    io_uring_prep_recv_multishot(sqe, -1, nullptr, 0, 0);
    sqe->flags |= IOSQE_BUFFER_SELECT;
  });
  tried("RECVMSG, multishot", [&](io_uring_sqe* sqe) {
    io_uring_prep_recvmsg_multishot(sqe, -1, &message, 0);
    sqe->flags |= IOSQE_BUFFER_SELECT;
  });
  return out;
}

} // namespace

std::vector<finding> find_setup_flags() {
  struct named {
    const char* name;
    unsigned flags;
  };
  static constexpr std::array all{
      named{"no flags", 0},
      named{"CQSIZE", IORING_SETUP_CQSIZE},
      named{"CLAMP", IORING_SETUP_CLAMP},
      named{"SUBMIT_ALL", IORING_SETUP_SUBMIT_ALL},
      named{"COOP_TASKRUN", IORING_SETUP_COOP_TASKRUN},
      named{"COOP_TASKRUN with TASKRUN_FLAG", IORING_SETUP_COOP_TASKRUN | IORING_SETUP_TASKRUN_FLAG},
      named{"SINGLE_ISSUER", IORING_SETUP_SINGLE_ISSUER},
      named{"SINGLE_ISSUER with DEFER_TASKRUN", IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN},
  };
  std::vector<finding> out;
  for (const named& each : all) {
    tried_ring ring(each.flags);
    out.push_back(found(each.name, ring.error() != 0 ? ring.error() : ring.complete_nop()));
  }
  return out;
}

std::vector<finding> find_registrations() {
  std::vector<finding> out;
  tried_ring ring;
  if (ring.error() != 0) return out;
  out.push_back(found("a buffer of 4 KiB", try_registered_buffer(ring.get(), 4096)));
  out.push_back(found("a buffer of 64 MiB", try_registered_buffer(ring.get(), std::size_t{64} << 20U)));
  out.push_back(found("a ring of provided buffers", try_provided_buffers(ring.get())));
  out.push_back(found("a file", try_registered_file(ring.get())));
  const int ring_fd = io_uring_register_ring_fd(ring.get());
  out.push_back(found("the ring's descriptor", ring_fd == 1 ? 0 : -ring_fd));
  if (ring_fd == 1) io_uring_unregister_ring_fd(ring.get());
  std::array<unsigned, 2> workers{16, 16};
  out.push_back(found("a limit of workers", -io_uring_register_iowq_max_workers(ring.get(), workers.data())));
  return out;
}

std::vector<finding> find_operations() {
  struct named {
    const char* name;
    int code;
  };
  static constexpr std::array all{
      named{"READ", IORING_OP_READ},
      named{"WRITE", IORING_OP_WRITE},
      named{"READ_FIXED", IORING_OP_READ_FIXED},
      named{"FSYNC", IORING_OP_FSYNC},
      named{"OPENAT", IORING_OP_OPENAT},
      named{"CLOSE", IORING_OP_CLOSE},
      named{"STATX", IORING_OP_STATX},
      named{"FALLOCATE", IORING_OP_FALLOCATE},
      named{"FADVISE", IORING_OP_FADVISE},
      named{"FTRUNCATE", 55}, // Linux 6.9, younger than liburing 2.3
      named{"RENAMEAT", IORING_OP_RENAMEAT},
      named{"UNLINKAT", IORING_OP_UNLINKAT},
      named{"MKDIRAT", IORING_OP_MKDIRAT},
      named{"LINK_TIMEOUT", IORING_OP_LINK_TIMEOUT},
      named{"ASYNC_CANCEL", IORING_OP_ASYNC_CANCEL},
      named{"POLL_ADD", IORING_OP_POLL_ADD},
      named{"ACCEPT", IORING_OP_ACCEPT},
      named{"CONNECT", IORING_OP_CONNECT},
      named{"RECV", IORING_OP_RECV},
      named{"RECVMSG", IORING_OP_RECVMSG},
      named{"SEND", IORING_OP_SEND},
      named{"SENDMSG", IORING_OP_SENDMSG},
      named{"SEND_ZC", IORING_OP_SEND_ZC},
      named{"SENDMSG_ZC", IORING_OP_SENDMSG_ZC},
      named{"MSG_RING", IORING_OP_MSG_RING},
  };
  std::vector<finding> out;
  const std::unique_ptr<io_uring_probe, decltype(&io_uring_free_probe)> probe(io_uring_get_probe(),
                                                                              &io_uring_free_probe);
  if (probe == nullptr) return out;
  for (const named& each : all) {
    const bool known = io_uring_opcode_supported(probe.get(), each.code) != 0;
    out.push_back({each.name, known, known ? "" : "not known to this kernel"});
  }
  std::ranges::move(find_multishots(), std::back_inserter(out));
  return out;
}

} // namespace shardbridge::bench
