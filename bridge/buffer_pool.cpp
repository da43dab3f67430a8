#include <shardbridge/buffer_pool.hpp>
#include <shardbridge/detail/sanitizers.hpp>

#include <bridge/buddy_allocator.hpp>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <mutex>
#include <new>
#include <optional>
#include <stdexcept>

#include <sys/mman.h>
#include <unistd.h>

#if SHARDBRIDGE_ADDRESS_SANITIZER
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(address, size) (static_cast<void>(address), static_cast<void>(size))
#define ASAN_UNPOISON_MEMORY_REGION(address, size) (static_cast<void>(address), static_cast<void>(size))
#endif

namespace shardbridge {
namespace {

void require(bool sensible, const char* sentence) {
  if (!sensible) throw std::invalid_argument(sentence);
}

buffer_pool_options checked(buffer_pool_options options) {
  require(std::has_single_bit(options.smallest) && options.smallest >= 512,
          "buffer_pool_options::smallest must be a power of two from 512");
  require(std::has_single_bit(options.largest) && options.largest >= options.smallest &&
              options.largest <= std::size_t{1} << 30U,
          "buffer_pool_options::largest must be a power of two from smallest to 2^30");
  require(options.bytes >= 1 && options.bytes <= std::size_t{1} << 40U, "buffer_pool_options::bytes must be 1 to 2^40");
  options.bytes = (options.bytes + options.largest - 1) / options.largest * options.largest;
  return options;
}

/// Pages of its own, poisoned.
class mapping {
 public:
  mapping(std::size_t bytes, std::size_t alignment) : bytes_(bytes) {
    // Pages are aligned to their own size; for more there must be room to move up.
    const std::size_t slack = alignment > static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)) ? alignment : 0;
    mapped_bytes_ = bytes + slack;
    mapped_ = ::mmap(nullptr, mapped_bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped_ == MAP_FAILED) throw std::bad_alloc();
    begin_ = static_cast<std::byte*>(mapped_) + slack - std::bit_cast<std::uintptr_t>(mapped_) % alignment;
    ASAN_POISON_MEMORY_REGION(begin_, bytes_);
  }
  ~mapping() {
    // Whoever is given the addresses next knows nothing of the poison.
    ASAN_UNPOISON_MEMORY_REGION(begin_, bytes_);
    ::munmap(mapped_, mapped_bytes_);
  }
  mapping(const mapping&) = delete;
  mapping& operator=(const mapping&) = delete;

  [[nodiscard]] std::byte* begin() const noexcept { return begin_; }

 private:
  const std::size_t bytes_;
  std::size_t mapped_bytes_ = 0;
  void* mapped_ = nullptr;
  std::byte* begin_ = nullptr;
};

} // namespace

namespace detail {

/// What a pool and its buffers share. The memory that is free is poisoned, but for the moments in which a thread has it
/// to itself. Threads: any.
class buffer_memory {
 public:
  explicit buffer_memory(const buffer_pool_options& options)
      : largest(options.largest), unit_shift_(static_cast<unsigned>(std::countr_zero(options.smallest))),
        capacity_(options.bytes), mapping_(options.bytes, options.smallest),
        blocks_(static_cast<std::uint32_t>(options.bytes / options.largest), order_of(options.largest)) {}

  /// Of `bytes` up to `largest`.
  [[nodiscard]] std::size_t capacity_for(std::size_t bytes) const noexcept {
    return std::size_t{1} << (order_of(bytes) + unit_shift_);
  }

  /// `capacity` comes from capacity_for(). nullptr: no room.
  [[nodiscard]] std::byte* take(std::size_t capacity) noexcept {
    const std::optional<std::uint32_t> block = allocate(capacity);
    if (!block) return nullptr;
    std::byte* const data = mapping_.begin() + (std::size_t{*block} << unit_shift_);
    ASAN_UNPOISON_MEMORY_REGION(data, capacity);
    return data;
  }

  void give_back(std::byte* data, std::size_t capacity) noexcept {
    // Before the release: afterwards another thread may have it already.
    ASAN_POISON_MEMORY_REGION(data, capacity);
    const auto block = static_cast<std::uint32_t>(static_cast<std::size_t>(data - mapping_.begin()) >> unit_shift_);
    const std::lock_guard lock(mutex_);
    blocks_.release(block, order_of(capacity));
    bytes_in_use_ -= capacity;
    --buffers_in_use_;
  }

  [[nodiscard]] std::span<std::byte> extent() const noexcept { return {mapping_.begin(), capacity_}; }

  [[nodiscard]] buffer_pool_stats stats() noexcept {
    const std::lock_guard lock(mutex_);
    return {capacity_, bytes_in_use_, buffers_in_use_, refused_};
  }

  const std::size_t largest;

 private:
  [[nodiscard]] unsigned order_of(std::size_t bytes) const noexcept {
    return static_cast<unsigned>(std::bit_width((std::max<std::size_t>(bytes, 1) - 1) >> unit_shift_));
  }

  std::optional<std::uint32_t> allocate(std::size_t capacity) noexcept {
    const std::lock_guard lock(mutex_);
    const std::optional<std::uint32_t> block = blocks_.allocate(order_of(capacity));
    if (!block) {
      ++refused_;
    } else {
      bytes_in_use_ += capacity;
      ++buffers_in_use_;
    }
    return block;
  }

  const unsigned unit_shift_;
  const std::size_t capacity_;
  const mapping mapping_;
  std::mutex mutex_;
  buddy_allocator blocks_;
  std::uint64_t bytes_in_use_ = 0;
  std::uint64_t buffers_in_use_ = 0;
  std::uint64_t refused_ = 0;
};

owned_buffer try_allocate(const std::shared_ptr<buffer_memory>& from, std::size_t bytes) noexcept {
  if (bytes > from->largest) return {};
  const std::size_t capacity = from->capacity_for(bytes);
  std::byte* const data = from->take(capacity);
  return data != nullptr ? owned_buffer(from, data, bytes, capacity) : owned_buffer();
}

std::span<std::byte> extent_of(const buffer_memory& pool) noexcept {
  return pool.extent();
}

std::size_t largest_buffer(const buffer_memory& from) noexcept {
  return from.largest;
}

} // namespace detail

void owned_buffer::resize(std::size_t bytes) {
  if (bytes > capacity_) throw std::length_error("owned_buffer::resize: more bytes than the buffer's capacity");
  size_ = bytes;
}

void owned_buffer::reset() noexcept {
  if (memory_ == nullptr) return;
  memory_->give_back(std::exchange(data_, nullptr), std::exchange(capacity_, 0));
  size_ = 0;
  memory_.reset();
}

buffer_pool::buffer_pool(const buffer_pool_options& options)
    : memory_(std::make_shared<detail::buffer_memory>(checked(options))) {}

owned_buffer buffer_pool::allocate(std::size_t bytes) {
  if (bytes > memory_->largest)
    throw std::length_error("buffer_pool::allocate: more bytes than buffer_pool_options::largest");
  owned_buffer buffer = try_allocate(bytes);
  if (!buffer) throw std::bad_alloc();
  return buffer;
}

owned_buffer buffer_pool::try_allocate(std::size_t bytes) noexcept {
  return detail::try_allocate(memory_, bytes);
}

buffer_pool_stats buffer_pool::stats() const noexcept {
  return memory_->stats();
}

} // namespace shardbridge
