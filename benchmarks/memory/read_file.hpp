#pragma once

#include <shardbridge/shardbridge.hpp>

#include <array>
#include <cstddef>

namespace shardbridge::bench {

/// The program itself, which is there wherever it runs, and a buffer that all reads of it share.
class read_file {
 public:
  explicit read_file(bridge& through) : file_(through, "/proc/self/exe", open_flags::read_only) {}

  template <class Handler>
  void read(Handler handler) {
    file_.async_read_some_at(0, boost::asio::buffer(buffer_), std::move(handler));
  }

 private:
  random_access_file file_;
  std::array<std::byte, 4096> buffer_{};
};

} // namespace shardbridge::bench
