#pragma once

#include <shardbridge/detail/requests.hpp>
#include <shardbridge/detail/verb.hpp>
#include <shardbridge/options.hpp>
#include <shardbridge/shard.hpp>
#include <shardbridge/task.hpp>
#include <shardbridge/when.hpp>

#include <boost/asio/buffer.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <utility>

namespace shardbridge::detail {

/// Copies a range of one open file into another by way of memory, a piece read while the one before is written.
class copier {
 public:
  static constexpr std::size_t piece = std::size_t{256} << 10;

  /// A place in a file, as of the epoch in which the copy was initiated: what cancels the file cancels the copy.
  struct place {
    file_ref file;
    std::uint64_t offset;
    std::uint64_t epoch;
  };

  copier(place from, place to, std::uint64_t length, shardbridge::priority priority) noexcept
      : from_(std::move(from)), to_(std::move(to)), length_(length), priority_(priority) {}

  task<std::uint64_t> operator()(shard& on) {
    const memory both;
    std::uint64_t end = 0; // of what has been read
    int last = 0;
    std::size_t count = co_await read(on, end, both.half(last));
    while (count > 0) {
      end += count;
      const std::span<std::byte> full = both.half(last).first(count);
      last = 1 - last;
      const auto done = co_await when_all(on, write(on, full), read(on, end, both.half(last)));
      count = std::get<1>(done);
    }
    co_return copied_;
  }

  /// Bytes that are in the target.
  [[nodiscard]] std::uint64_t copied() const noexcept { return copied_; }
  /// Bytes of memory that it needs.
  [[nodiscard]] std::uint64_t bytes() const noexcept { return std::min<std::uint64_t>(length_, 2 * piece); }

 private:
  /// Aligned for direct files, whose device has no blocks of more than a page.
  class memory {
   public:
    static constexpr std::align_val_t alignment{4096};

    memory() : begin_(static_cast<std::byte*>(::operator new(2 * piece, alignment))) {}
    ~memory() { ::operator delete(begin_, alignment); }
    memory(const memory&) = delete;
    memory& operator=(const memory&) = delete;

    [[nodiscard]] std::span<std::byte> half(int which) const noexcept {
      return {begin_ + static_cast<std::size_t>(which) * piece, piece};
    }

   private:
    std::byte* const begin_;
  };

  struct transfer : transfer_request {
    std::uint64_t epoch;

    void prepare(operation& op) noexcept {
      transfer_request::prepare(op);
      op.epoch = epoch;
    }
  };

  verb<transfer> transfer_of(shard& on, op_code what, const place& at, std::uint64_t behind,
                             std::span<std::byte> bytes) const {
    const boost::asio::mutable_buffer buffer(bytes.data(), bytes.size());
    return {on.runtime(),
            transfer{{.code = what, .file = at.file, .offset = at.offset + behind, .buffers = iovec_array(buffer)},
                     at.epoch},
            io_options{.priority = priority_}, "async_copy"};
  }

  task<std::size_t> read(shard& on, std::uint64_t begin, std::span<std::byte> into) const {
    const std::size_t wanted = std::min<std::uint64_t>(length_ - begin, into.size());
    co_return co_await transfer_of(on, op_code::read, from_, begin, into.first(wanted));
  }
  task<> write(shard& on, std::span<std::byte> left) {
    while (!left.empty()) {
      const std::size_t moved = co_await transfer_of(on, op_code::write, to_, copied_, left);
      copied_ += moved;
      left = left.subspan(moved);
    }
  }

  const place from_;
  const place to_;
  const std::uint64_t length_;
  const shardbridge::priority priority_;
  std::uint64_t copied_ = 0;
};

} // namespace shardbridge::detail
