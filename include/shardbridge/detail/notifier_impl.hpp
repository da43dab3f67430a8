// A notifier's core on an Asio executor.
#pragma once

#include <shardbridge/detail/context_watch.hpp>
#include <shardbridge/detail/notifier_core.hpp>

#include <boost/asio/execution/context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/query.hpp>

#include <memory>
#include <mutex>

namespace shardbridge::detail {

template <class Executor>
class notifier_impl final : public notifier_core, public context_watch::watched {
 public:
  static std::shared_ptr<notifier_impl> create(const Executor& executor, const notifier_options& options) {
    auto made = std::make_shared<notifier_impl>(executor, options);
    boost::asio::use_service<context_watch>(boost::asio::query(executor, boost::asio::execution::context)).add(made);
    return made;
  }

  notifier_impl(const Executor& executor, const notifier_options& options)
      : notifier_core(options), executor_(executor) {}

  [[nodiscard]] const Executor& executor() const noexcept { return executor_; }

 private:
  void post_drain() override {
    // Also for the lock: the drain may be over, and the notifier gone, before the lock is given up.
    const auto self = std::static_pointer_cast<notifier_impl>(shared_from_this());
    const std::lock_guard lock(posting_);
    if (!context_ended_) boost::asio::post(executor_, [self] { self->drain(); });
  }

  void context_ends() noexcept override {
    {
      const std::lock_guard lock(posting_);
      context_ended_ = true;
    }
    abandon();
  }

  const Executor executor_;
  // Shards do not know when the execution context goes: nobody posts to it from then on, and it waits for who does.
  std::mutex posting_;
  bool context_ended_ = false; // under the lock
};

} // namespace shardbridge::detail
