#pragma once

#include <shardbridge/detail/operation.hpp>

#include <memory>
#include <type_traits>
#include <utility>

namespace shardbridge::detail {

class post_awaiter;

/// A function on its way to an executor. Nothing comes back but its room.
class notification : public operation {
 public:
  explicit notification(deliver_function how) noexcept : operation(op_code::call, how) {}

  post_awaiter* waiter = nullptr; ///< who waits for room for it

 protected:
  ~notification() = default;
};

template <class Function>
class notification_of final : public notification {
 public:
  template <class Given>
  explicit notification_of(Given&& function)
      : notification(&notification_of::deliver_this), function_(std::forward<Given>(function)) {}

 private:
  /// Its memory is free again when the function is called.
  static void deliver_this(operation& op, bridge_core*, delivery how) {
    std::unique_ptr<notification_of> self(&static_cast<notification_of&>(op));
    if (how == delivery::destroy) return;
    Function function(std::move(self->function_));
    self.reset();
    std::move(function)();
  }

  Function function_;
};

struct destroy_uncalled {
  void operator()(notification* unsent) const { unsent->deliver(nullptr, operation::delivery::destroy); }
};
using unsent_notification = std::unique_ptr<notification, destroy_uncalled>;

/// Throws std::bad_alloc, and what copying or moving the function does.
template <class Function>
unsent_notification make_notification(Function&& function) {
  return unsent_notification(new notification_of<std::decay_t<Function>>(std::forward<Function>(function)));
}

} // namespace shardbridge::detail
