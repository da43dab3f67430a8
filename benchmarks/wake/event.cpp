#include "event.hpp"

#include "../common/failure.hpp"

#include <sys/eventfd.h>

#include <cstdint>

namespace shardbridge::bench {

unique_descriptor make_event(int flags) {
  unique_descriptor event(::eventfd(0, EFD_CLOEXEC | flags));
  if (event.get() < 0) throw run_failure("cannot make an eventfd: " + errno_text());
  return event;
}

void signal_event(int event) {
  const std::uint64_t one = 1;
  while (::write(event, &one, sizeof(one)) < 0)
    if (errno != EINTR) throw run_failure("cannot write an eventfd: " + errno_text());
}

bool take_event(int event) {
  std::uint64_t count = 0;
  while (::read(event, &count, sizeof(count)) < 0) {
    if (errno == EAGAIN) return false;
    if (errno != EINTR) throw run_failure("cannot read an eventfd: " + errno_text());
  }
  return true;
}

} // namespace shardbridge::bench
