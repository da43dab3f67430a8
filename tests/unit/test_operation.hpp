// Goal: an operation whose end a test can see.
// Method: derives from the node and counts how often it is delivered; it belongs to the test, not to itself.
#pragma once

#include <shardbridge/detail/descriptor.hpp>
#include <shardbridge/detail/operation.hpp>

#include <shardbridge/owned_buffer.hpp>

#include <bridge/connection.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

namespace shardbridge::detail {

class test_operation final : public operation {
 public:
  explicit test_operation(op_code what = op_code::read) noexcept : operation(what, &count) {}

  std::function<void()> handler; ///< called when it is delivered and not destroyed, if there is one
  int delivered = 0;
  delivery how = delivery::invoke; ///< of the last time

 private:
  static void count(operation& op, bridge_core*, delivery how) {
    auto& self = static_cast<test_operation&>(op);
    ++self.delivered;
    self.how = how;
    if (self.handler && how != delivery::destroy) self.handler();
  }
};

/// A read or write of buffers of the given lengths, one behind the other in a memory that nothing touches.
struct test_transfer {
  test_transfer(op_code what, descriptor& file, const std::vector<std::size_t>& lengths, std::uint64_t offset = 0)
      : op(what) {
    for (const std::size_t length : lengths) {
      buffers.push_back({address(op.bytes), length});
      op.bytes += length;
    }
    op.file = &file;
    op.offset = offset;
    op.iovecs = buffers.data();
    op.iovec_count = static_cast<std::uint32_t>(buffers.size());
  }

  static void* address(std::uint64_t at) {
    return reinterpret_cast<void*>(0x10000 + at); // NOLINT(performance-no-int-to-ptr)
  }

  /// Gives it a buffer of its own, which the fake kernel does not look at.
  void own(owned_buffer given) {
    buffer = std::move(given);
    op.buffer = &buffer;
  }

  std::vector<iovec> buffers;
  owned_buffer buffer;
  test_operation op;
};

/// A call of a function on the shard.
struct test_call {
  explicit test_call(std::function<void(shard&)> what) : function(std::move(what)) {
    op.subject = this;
    op.run = [](operation& self, shard& on) {
      static_cast<test_call*>(self.subject)->function(on);
      return true;
    };
  }
  test_call(const test_call&) = delete;
  test_call& operator=(const test_call&) = delete;

  std::function<void(shard&)> function;
  test_operation op{op_code::call};
};

/// A file with one user, the test.
class test_file {
 public:
  explicit test_file(bool regular, int fd = -1) : file_(new descriptor(fd)) { file_->regular = regular; }
  ~test_file() { release(); }
  test_file(const test_file&) = delete;
  test_file& operator=(const test_file&) = delete;

  /// Gives the test's reference up, as the Asio side does.
  void release() {
    if (file_ == nullptr) return;
    if (operation* const parked = file_->release()) announce_unparked(*parked);
    file_ = nullptr;
  }

  descriptor& operator*() const { return *file_; }
  descriptor* operator->() const { return file_; }

 private:
  descriptor* file_;
};

} // namespace shardbridge::detail
