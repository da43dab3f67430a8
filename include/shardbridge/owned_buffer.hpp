#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <utility>

namespace shardbridge {

class owned_buffer;

namespace detail {
class buffer_memory;
owned_buffer try_allocate(const std::shared_ptr<buffer_memory>& from, std::size_t bytes) noexcept;
} // namespace detail

/// Memory of a `buffer_pool`, owned: whoever holds the handle may use the memory, and it goes back with the handle.
/// Move-only. One that is empty, moved from or reset owns nothing: its data() is nullptr, its size and capacity are 0.
///
/// The memory outlives the pool: it is unmapped when the pool and the last of its buffers are gone, on the thread that
/// ends the last of them. What is in a new buffer is unspecified.
///
/// Thread-safety: distinct objects safe, also those of one pool, and on any thread; a shared one unsafe.
class owned_buffer {
 public:
  /// Owns nothing.
  owned_buffer() noexcept = default;

  /// Takes over what the other owns, which is empty then.
  owned_buffer(owned_buffer&& other) noexcept
      : memory_(std::move(other.memory_)), data_(std::exchange(other.data_, nullptr)),
        size_(std::exchange(other.size_, 0)), capacity_(std::exchange(other.capacity_, 0)) {}

  /// Gives what it owned back first. Nothing happens to one assigned to itself.
  owned_buffer& operator=(owned_buffer&& other) noexcept {
    if (this == &other) return *this;
    reset();
    memory_ = std::move(other.memory_);
    data_ = std::exchange(other.data_, nullptr);
    size_ = std::exchange(other.size_, 0);
    capacity_ = std::exchange(other.capacity_, 0);
    return *this;
  }

  /// Gives the memory back to its pool. Nothing may use it any more, the kernel included.
  ~owned_buffer() { reset(); }

  /// Whether it owns memory; one of size 0 may.
  [[nodiscard]] explicit operator bool() const noexcept { return data_ != nullptr; }

  /// The first byte, aligned to `buffer_pool_options::smallest`. Valid until the memory goes back; a move keeps it.
  [[nodiscard]] std::byte* data() noexcept { return data_; }
  /// The same for reading.
  [[nodiscard]] const std::byte* data() const noexcept { return data_; }

  /// Bytes that a read fills or a write takes, at most capacity().
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  /// Bytes that it owns: a power of two, and what the pool counts.
  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }

  /// Sets size() to `bytes`; data() and contents stay. Throws `std::length_error` above capacity(), and then nothing
  /// has happened.
  void resize(std::size_t bytes);

  /// The first size() bytes.
  [[nodiscard]] std::span<std::byte> span() noexcept { return {data_, size_}; }
  /// The same for reading.
  [[nodiscard]] std::span<const std::byte> span() const noexcept { return {data_, size_}; }

  /// Gives the memory back now, as the destructor does. Idempotent.
  void reset() noexcept;

 private:
  friend owned_buffer detail::try_allocate(const std::shared_ptr<detail::buffer_memory>&, std::size_t) noexcept;

  owned_buffer(std::shared_ptr<detail::buffer_memory> memory, std::byte* data, std::size_t size,
               std::size_t capacity) noexcept
      : memory_(std::move(memory)), data_(data), size_(size), capacity_(capacity) {}

  std::shared_ptr<detail::buffer_memory> memory_;
  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

} // namespace shardbridge
