#pragma once

#include <cassert>
#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

namespace shardbridge::detail {

/// A ring of as many places as it is made with, allocated once. Values need no default and no copy.
template <class T>
class bounded_queue {
 public:
  /// Throws std::bad_alloc.
  explicit bounded_queue(std::size_t capacity)
      : places_(capacity != 0 ? std::allocator<T>().allocate(capacity) : nullptr), capacity_(capacity) {}
  bounded_queue(const bounded_queue&) = delete;
  bounded_queue& operator=(const bounded_queue&) = delete;
  ~bounded_queue() {
    while (!empty())
      pop_front();
    if (places_ != nullptr) std::allocator<T>().deallocate(places_, capacity_);
  }

  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] bool full() const noexcept { return size_ == capacity_; }

  /// It must not be full.
  void push_back(T&& value) noexcept {
    assert(!full());
    const std::size_t to_end = capacity_ - first_;
    std::construct_at(places_ + (size_ < to_end ? first_ + size_ : size_ - to_end), std::move(value));
    ++size_;
  }
  /// It must not be empty.
  T pop_front() noexcept {
    assert(!empty());
    const std::unique_ptr<T, destroy_only> place(places_ + first_);
    if (++first_ == capacity_) first_ = 0;
    --size_;
    return std::move(*place);
  }

 private:
  static_assert(std::is_nothrow_move_constructible_v<T>, "a value is moved where nothing can be undone");

  struct destroy_only {
    void operator()(T* place) const noexcept { std::destroy_at(place); }
  };

  T* const places_;
  const std::size_t capacity_;
  std::size_t first_ = 0;
  std::size_t size_ = 0;
};

} // namespace shardbridge::detail
