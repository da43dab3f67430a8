// Tells bridges that their execution context is being destroyed, while its other services still work.
//
// Threads: add() from any; context_ends() on the thread that destroys the context.
#pragma once

#include <boost/asio/execution_context.hpp>

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace shardbridge::detail {

class context_watch : public boost::asio::execution_context::service {
 public:
  class watched {
   public:
    virtual void context_ends() noexcept = 0;

   protected:
    ~watched() = default;
  };

  using key_type = context_watch;
  static inline boost::asio::execution_context::id id;

  explicit context_watch(boost::asio::execution_context& context) : service(context) {}

  /// After the watched one has made its I/O objects: services are shut down newest first, so those its objects use are
  /// still intact when it is told.
  void add(std::weak_ptr<watched> who) {
    const std::lock_guard lock(mutex_);
    std::erase_if(watched_, [](const auto& each) { return each.expired(); });
    watched_.push_back(std::move(who));
  }

 private:
  void shutdown() override {
    std::vector<std::weak_ptr<watched>> all;
    {
      const std::lock_guard lock(mutex_);
      all.swap(watched_);
    }
    for (const auto& each : all)
      if (const auto who = each.lock()) who->context_ends();
  }

  std::mutex mutex_;
  std::vector<std::weak_ptr<watched>> watched_;
};

} // namespace shardbridge::detail
