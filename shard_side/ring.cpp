#include <shard_side/ring.hpp>

#include <bridge/descriptor_number.hpp>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace shardbridge::detail {
namespace {

struct flavour {
  unsigned flags;
  const char* name;
};

// Best first. DEFER_TASKRUN needs Linux 6.1, COOP_TASKRUN and TASKRUN_FLAG 5.19, SUBMIT_ALL 5.18. With TASKRUN_FLAG the
// kernel tells in the ring's own memory that completions wait for the next enter.
constexpr std::array flavours{
    flavour{IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_TASKRUN_FLAG |
                IORING_SETUP_SUBMIT_ALL,
            "SINGLE_ISSUER, DEFER_TASKRUN, SUBMIT_ALL"},
    flavour{IORING_SETUP_COOP_TASKRUN | IORING_SETUP_TASKRUN_FLAG | IORING_SETUP_SUBMIT_ALL,
            "COOP_TASKRUN, SUBMIT_ALL"},
    flavour{0, "no flags"},
};

constexpr unsigned wake_cqes = 8;

[[noreturn]] void give_up(int error, const std::string& what) {
  throw std::system_error(error, std::generic_category(), "io_uring cannot be used: " + what);
}

} // namespace

ring::ring(unsigned entries) {
  set_up(entries);
  number_given(ring_memory);
  try {
    complete_one_operation();
  } catch (...) {
    io_uring_queue_exit(&ring_);
    throw;
  }
  // A child that forks off has no business with it, and would share its memory.
  io_uring_ring_dontfork(&ring_);
  // The ring's descriptor is looked up once instead of at every call; kernels without it go on as before.
  io_uring_register_ring_fd(&ring_);
  // Operations the kernel cannot do without blocking go to its worker threads, hundreds of them if not told otherwise.
  limit_workers(16);
  probe_ = io_uring_get_probe_ring(&ring_);
}

ring::~ring() {
  io_uring_free_probe(probe_);
  number_given_up(ring_memory);
  io_uring_queue_exit(&ring_);
}

bool ring::supports(int opcode) const noexcept {
  return probe_ != nullptr && io_uring_opcode_supported(probe_, opcode) != 0;
}

int ring::register_memory(std::span<const iovec> pieces) noexcept {
  return -io_uring_register_buffers(&ring_, pieces.data(), static_cast<unsigned>(pieces.size()));
}

void ring::limit_workers(unsigned count) noexcept {
  std::array<unsigned, 2> workers{count, count};
  io_uring_register_iowq_max_workers(&ring_, workers.data());
}

void ring::leave_thread() noexcept {
  io_uring_unregister_ring_fd(&ring_);
}

int ring::address() const noexcept {
  const bool silent = (ring_.features & IORING_FEAT_CQE_SKIP) != 0;
  return silent && supports(IORING_OP_MSG_RING) ? ring_.ring_fd : -1;
}

bool ring::ready() noexcept {
  return io_uring_cq_ready(&ring_) > 0 || told_to_enter();
}

// The kernel first queues what is to be done in the next enter and then sets the flag. An enter between the two does it
// and clears the flag too early: it stays until there is something to be done again, and who believed it meanwhile
// would enter for ever. Seen on Linux 6.18.
bool ring::told_to_enter() noexcept {
  // relaxed: a hint; what it tells of is read behind the next enter.
  const unsigned flags = std::atomic_ref<unsigned>(*ring_.sq.kflags).load(std::memory_order_relaxed);
  const bool told = (flags & IORING_SQ_TASKRUN) != 0;
  told_for_nothing_ = told_for_nothing_ && told;
  return (told && !told_for_nothing_) || (flags & IORING_SQ_CQ_OVERFLOW) != 0;
}

unsigned ring::peek(std::span<io_uring_cqe*> into) noexcept {
  if (io_uring_cq_ready(&ring_) == 0) {
    if (!told_to_enter()) return 0;
    io_uring_get_events(&ring_);
    told_for_nothing_ = io_uring_cq_ready(&ring_) == 0;
    if (told_for_nothing_) return 0;
  }
  return io_uring_peek_batch_cqe(&ring_, into.data(), static_cast<unsigned>(into.size()));
}

void ring::set_up(unsigned entries) {
  int error = 0;
  for (const flavour& each : flavours) {
    // ENOMEM: rings may count against RLIMIT_MEMLOCK; a smaller one is slower, not worse.
    for (unsigned size = entries; size >= 2; size /= 2) {
      io_uring_params params{};
      params.flags = each.flags | IORING_SETUP_CQSIZE | IORING_SETUP_CLAMP;
      params.cq_entries = 3 * entries + wake_cqes;
      error = -io_uring_queue_init_params(size, &ring_, &params);
      if (error == 0) {
        description_ = "io_uring with " + std::string(each.name) + ", " + std::to_string(params.sq_entries) +
                       " SQEs, " + std::to_string(params.cq_entries) + " CQEs";
        return;
      }
      if (error != ENOMEM) break;
    }
    if (error != EINVAL) break;
  }
  give_up(error, "io_uring_setup failed");
}

int ring::answer_to(void (*prepare)(io_uring_sqe*)) noexcept {
  prepare(io_uring_get_sqe(&ring_));
  io_uring_cqe* cqe = nullptr;
  int result = io_uring_submit_and_wait(&ring_, 1);
  if (result >= 0) result = io_uring_peek_cqe(&ring_, &cqe);
  if (result < 0) return result;
  result = cqe->res;
  io_uring_cqe_seen(&ring_, cqe);
  return result;
}

void ring::complete_one_operation() {
  const int result = answer_to([](io_uring_sqe* sqe) { io_uring_prep_nop(sqe); });
  if (result < 0) give_up(-result, "a no-op could not be completed");
}

} // namespace shardbridge::detail
