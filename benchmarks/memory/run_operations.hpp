#pragma once

#include "../common/failure.hpp"
#include "../common/interrupt.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/system/error_code.hpp>

#include <cstddef>
#include <cstdint>

namespace shardbridge::bench {

/// Runs `count` operations, `depth` at a time; `begin(handler)` initiates one. Ends early when the user interrupts.
/// Throws run_failure.
template <class Begin>
void run_operations(boost::asio::io_context& context, std::uint64_t count, std::size_t depth, Begin begin) {
  struct client {
    const Begin& begin;
    std::uint64_t& left;
    std::uint64_t& failed;

    void go_on() const {
      if (left == 0 || interrupted()) return;
      --left;
      begin(*this);
    }
    void operator()(const boost::system::error_code& error, std::size_t = 0) const {
      if (error) ++failed;
      go_on();
    }
  };
  std::uint64_t left = count;
  std::uint64_t failed = 0;
  for (std::size_t each = 0; each != depth; ++each)
    client{begin, left, failed}.go_on();
  context.restart();
  context.run();
  if (failed != 0) throw run_failure(std::to_string(failed) + " of " + std::to_string(count) + " operations failed");
}

} // namespace shardbridge::bench
