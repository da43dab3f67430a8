#include "page_cache.hpp"

#include "descriptor.hpp"
#include "failure.hpp"
#include "random.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace shardbridge::bench {
namespace {

constexpr std::uint64_t stretch = 1U << 20U;

} // namespace

void cache_share(const std::string& path, std::uint64_t size, unsigned percent) {
  const unique_descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) throw run_failure("cannot open " + path + " to fill the page cache: " + errno_text());
  // What is dirty cannot be dropped.
  if (::fdatasync(file.get()) != 0) throw run_failure("cannot sync " + path + ": " + errno_text());
  if (const int failed = ::posix_fadvise(file.get(), 0, 0, POSIX_FADV_DONTNEED); failed != 0)
    throw run_failure("cannot drop " + path + " from the page cache: error " + std::to_string(failed));
  // No reading ahead into what is to stay out.
  ::posix_fadvise(file.get(), 0, 0, POSIX_FADV_RANDOM);
  std::vector<std::byte> memory(stretch);
  for (std::uint64_t at = 0; at < size; at += stretch) {
    if (mix(at) % 100 >= percent) continue;
    if (::pread(file.get(), memory.data(), std::min(stretch, size - at), static_cast<off_t>(at)) < 0)
      throw run_failure("cannot read " + path + ": " + errno_text());
  }
}

} // namespace shardbridge::bench
