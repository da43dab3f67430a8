// The number of a descriptor that the kernel opens or closes for a ring, or that fcntl(2) duplicates; and a ring's own
// memory.
//
// ThreadSanitizer treats a number as memory that open(2) and close(2) write to. It sees neither of the two when a ring
// does them, and so takes the next user of a number for a race with the one before. Who has the kernel close a number
// says so before, and who is given one in a way that ThreadSanitizer does not see says so afterwards. The same holds
// for the addresses of a ring, which liburing maps and unmaps without libc: they stand under the number -1.
#pragma once

#include <shardbridge/detail/sanitizers.hpp>

#if SHARDBRIDGE_THREAD_SANITIZER
#include <sanitizer/tsan_interface.h>
#endif

namespace shardbridge::detail {

inline constexpr int ring_memory = -1;

#if SHARDBRIDGE_THREAD_SANITIZER
inline void* place_of_number(int descriptor) noexcept {
  static char places[4096];
  return &places[static_cast<unsigned>(descriptor) % sizeof places];
}
inline void number_given_up(int descriptor) noexcept {
  __tsan_release(place_of_number(descriptor));
}
inline void number_given(int descriptor) noexcept {
  __tsan_acquire(place_of_number(descriptor));
}
#else
inline void number_given_up(int) noexcept {}
inline void number_given(int) noexcept {}
#endif

} // namespace shardbridge::detail
