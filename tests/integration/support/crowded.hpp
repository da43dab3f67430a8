// Goal: a bridge as full as a test likes. Method: reads of a FIFO, each of one byte, that end one a byte written.
#pragma once

#include "stuck_reads.hpp"

#include <array>

namespace shardbridge::tests {

class crowded : public service {
 public:
  explicit crowded(const bridge_options& limits = {.max_ops = 20}) : service({}, limits) {}
  ~crowded() {
    reads.file.cancel();
    EXPECT_TRUE(finish()) << "something is still outstanding";
  }
  crowded(const crowded&) = delete;
  crowded& operator=(const crowded&) = delete;

  /// So many more reads.
  void hold(std::size_t count, const op_options& options = {}) {
    for (std::size_t each = 0; each < count; ++each)
      reads.start(options);
  }
  /// So many of them end. False: they did not.
  [[nodiscard]] bool end(std::size_t count) {
    ended_ += count;
    reads.pipe.write(std::string(count, 'x'));
    return run_until([this] { return calls() >= ended_; });
  }

  stuck_reads reads{link};

 private:
  [[nodiscard]] std::size_t calls() const {
    std::size_t sum = 0;
    for (const outcome& each : reads.outcomes)
      sum += static_cast<std::size_t>(each.calls);
    return sum;
  }

  std::size_t ended_ = 0;
};

} // namespace shardbridge::tests
