#include <shardbridge/detail/frame_memory.hpp>
#include <shardbridge/detail/sanitizers.hpp>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <utility>

namespace shardbridge::detail {
namespace {

constexpr bool keeps = !SHARDBRIDGE_ADDRESS_SANITIZER; // so that who uses a frame that is gone is found

constexpr std::size_t step = 64;
constexpr std::size_t classes = 32;                     ///< of sizes, a step apart
constexpr std::size_t most_kept = std::size_t{4} << 20; ///< bytes of a thread

struct free_block {
  free_block* next;
};

/// Trivial, so that it is there still when the last of a thread's coroutines goes.
struct kept_blocks {
  std::array<free_block*, classes> first;
  std::size_t bytes;
  bool over; ///< the thread ends: nothing is kept any more
};
constinit thread_local kept_blocks kept{};

struct end_of_thread {
  ~end_of_thread() {
    kept.over = true;
    for (free_block*& each : kept.first)
      while (each != nullptr)
        std::free(std::exchange(each, each->next));
  }
};

constexpr std::size_t class_of(std::size_t bytes) noexcept {
  return bytes == 0 ? 1 : (bytes + step - 1) / step; // each has room for a free_block
}

} // namespace

void* allocate_frame(std::size_t bytes) {
  const std::size_t wanted = class_of(bytes);
  if (wanted < classes && kept.first[wanted] != nullptr) {
    kept.bytes -= wanted * step;
    return std::exchange(kept.first[wanted], kept.first[wanted]->next);
  }
  if (void* const made = std::malloc(wanted * step)) return made;
  throw std::bad_alloc();
}

void free_frame(void* frame, std::size_t bytes) noexcept {
  const std::size_t given = class_of(bytes);
  if (!keeps || given >= classes || kept.over || kept.bytes + given * step > most_kept) return std::free(frame);
  static thread_local const end_of_thread frees;
  static_cast<void>(frees);
  kept.first[given] = ::new (frame) free_block{kept.first[given]};
  kept.bytes += given * step;
}

std::size_t kept_frame_bytes() noexcept {
  return kept.bytes;
}

} // namespace shardbridge::detail
