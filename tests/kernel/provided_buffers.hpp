// Goal: a few buffers that the kernel picks from, as the tests of sockets need them.
// Method: io_uring_register_buf_ring(3) over memory of the test's own.
#pragma once

#include "ring_test.hpp"

#include <array>
#include <memory>
#include <string>
#include <system_error>

#include <sys/socket.h>

namespace kernel_tests {

class provided_buffers {
 public:
  static constexpr int group = 7;
  static constexpr std::size_t size = 512;

  /// `count`: a power of two.
  provided_buffers(ring& with, unsigned short count)
      : ring_(with.native()), count_(count), memory_(std::make_unique<char[]>(count * size)),
        entries_(std::aligned_alloc(4096, 4096)) {
    io_uring_buf_reg registration{};
    registration.ring_addr = reinterpret_cast<std::uint64_t>(entries_.get());
    registration.ring_entries = count;
    registration.bgid = group;
    if (const int failed = io_uring_register_buf_ring(ring_, &registration, 0); failed < 0)
      throw std::system_error(-failed, std::generic_category(), "io_uring_register_buf_ring");
    io_uring_buf_ring_init(entries());
    for (unsigned short id = 0; id != count; ++id)
      give_back(id);
  }
  ~provided_buffers() { io_uring_unregister_buf_ring(ring_, group); }
  provided_buffers(const provided_buffers&) = delete;
  provided_buffers& operator=(const provided_buffers&) = delete;

  void give_back(unsigned short id) {
    io_uring_buf_ring_add(entries(), at(id), size, id, io_uring_buf_ring_mask(count_), 0);
    io_uring_buf_ring_advance(entries(), 1);
  }
  [[nodiscard]] char* at(unsigned short id) const { return memory_.get() + id * size; }

  /// The buffer that a completion names; it must name one.
  static unsigned short id_of(const completion& came) {
    EXPECT_NE(came.flags & IORING_CQE_F_BUFFER, 0u);
    return static_cast<unsigned short>(came.flags >> IORING_CQE_BUFFER_SHIFT);
  }
  [[nodiscard]] std::string text_of(const completion& came) const {
    return {at(id_of(came)), static_cast<std::size_t>(came.res)};
  }

 private:
  struct deleter {
    void operator()(void* memory) const { std::free(memory); }
  };
  io_uring_buf_ring* entries() { return static_cast<io_uring_buf_ring*>(entries_.get()); }

  io_uring* ring_;
  const unsigned short count_;
  std::unique_ptr<char[]> memory_;
  std::unique_ptr<void, deleter> entries_;
};

/// Connected stream sockets.
struct socket_pair {
  socket_pair() : socket_pair(make()) {}

  descriptor ours;
  descriptor theirs;

  void they_write(const std::string& text) const {
    EXPECT_EQ(::write(theirs, text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }

 private:
  explicit socket_pair(std::array<int, 2> made) : ours(made[0]), theirs(made[1]) {}
  static std::array<int, 2> make() {
    std::array<int, 2> made{-1, -1};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, made.data()), 0);
    return made;
  }
};

} // namespace kernel_tests
