#pragma once

#include <cstddef>
#include <utility>

namespace shardbridge {

namespace detail {
class semaphore_core;
}

/** @brief Units of a semaphore, which its destructor gives back.
 *  @par Ownership     it may outlive its semaphore
 *  @par Thread-safety none: it stays on its shard */
class [[nodiscard]] semaphore_units {
 public:
  /// None.
  semaphore_units() noexcept = default;
  /// Takes the units over; the other has none then.
  semaphore_units(semaphore_units&& other) noexcept
      : core_(std::exchange(other.core_, nullptr)), count_(std::exchange(other.count_, 0)) {}
  /// Gives back the units that it had.
  semaphore_units& operator=(semaphore_units&& other) noexcept {
    semaphore_units given(std::move(other));
    std::swap(core_, given.core_);
    std::swap(count_, given.count_);
    return *this;
  }
  /// Gives the units back.
  ~semaphore_units() { release(); }

  /// Gives the units back now; it has none then.
  void release() noexcept;

  /// Whether they were acquired, be it none of them, and are held still.
  [[nodiscard]] explicit operator bool() const noexcept { return core_ != nullptr; }
  /// How many they are.
  [[nodiscard]] std::size_t count() const noexcept { return count_; }

 private:
  friend detail::semaphore_core;
  semaphore_units(detail::semaphore_core& of, std::size_t count) noexcept : core_(&of), count_(count) {}

  detail::semaphore_core* core_ = nullptr;
  std::size_t count_ = 0;
};

} // namespace shardbridge
