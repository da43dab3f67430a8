// A place for an item in a lane's queue.
//
// moodycamel gives a place whose item was taken back to its producer by stand-alone fences, which ThreadSanitizer does
// not model: it would take the next item's arrival for a race with the read of the last. The queue constructs an item
// where it pushes it and destroys it where it has taken it, before it gives the place back: there the order is told.
#pragma once

#include <shardbridge/detail/sanitizers.hpp>

#if SHARDBRIDGE_THREAD_SANITIZER
#include <sanitizer/tsan_interface.h>
#endif

namespace shardbridge::detail {

template <class Item>
class place {
 public:
  place(const Item& item) noexcept : item_(after_last(this, item)) {}
  ~place() { before_next(this); }
  place(const place&) = delete;
  place& operator=(const place&) = delete;

  operator Item() const noexcept { return item_; }

 private:
#if SHARDBRIDGE_THREAD_SANITIZER
  static const Item& after_last(void* here, const Item& item) noexcept {
    __tsan_acquire(here);
    return item;
  }
  static void before_next(void* here) noexcept { __tsan_release(here); }
#else
  static const Item& after_last(void*, const Item& item) noexcept { return item; }
  static void before_next(void*) noexcept {}
#endif

  Item item_;
};

} // namespace shardbridge::detail
