#include "meter.hpp"

#include "tests/unit/open_descriptors.hpp"

#include <shardbridge/detail/sanitizers.hpp>

#include <fstream>

#include <malloc.h>
#include <unistd.h>

namespace shardbridge::soak {

std::uint64_t resident_memory() {
  std::ifstream pages("/proc/self/statm");
  std::uint64_t all = 0, resident = 0;
  pages >> all >> resident;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

memory_sample measure() {
  const auto heap = ::mallinfo2();
  return {.seconds = 0,
          .rss = resident_memory(),
          .heap = heap.uordblks + heap.hblkhd,
          .descriptors = detail::open_descriptors()};
}

const char* why_growth_is_not_judged() {
#if SHARDBRIDGE_ADDRESS_SANITIZER
  return "not judged under AddressSanitizer, which keeps freed memory and looks for leaks at the end itself";
#elif SHARDBRIDGE_THREAD_SANITIZER
  return "not judged under ThreadSanitizer, whose own memory grows";
#else
  return "";
#endif
}

} // namespace shardbridge::soak
