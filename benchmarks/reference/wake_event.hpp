#pragma once

#include "../common/descriptor.hpp"
#include "../common/failure.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>

namespace shardbridge::bench {

/// An eventfd. Any thread.
class wake_event {
 public:
  wake_event() : event_(::eventfd(0, EFD_CLOEXEC)) {
    if (event_.get() < 0) throw run_failure("cannot make an eventfd: " + errno_text());
  }

  void ring() const noexcept {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto n = ::write(event_.get(), &one, sizeof(one));
  }
  /// Of one that has been rung: forgets that. Waits where it has not.
  void silence() const noexcept {
    std::uint64_t rung = 0;
    [[maybe_unused]] const auto n = ::read(event_.get(), &rung, sizeof(rung));
  }
  int get() const noexcept { return event_.get(); }

 private:
  unique_descriptor event_;
};

} // namespace shardbridge::bench
