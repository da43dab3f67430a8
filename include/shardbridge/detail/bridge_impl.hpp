// A bridge's core on an Asio executor: the wait for its eventfd, the timer of its waiters, and the end of its context.
#pragma once

#include <shardbridge/detail/bridge_core.hpp>
#include <shardbridge/detail/context_watch.hpp>

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/query.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace shardbridge::detail {

template <class Executor>
class bridge_impl final : public bridge_core, public context_watch::watched {
 public:
  static std::shared_ptr<bridge_impl> create(const Executor& executor, std::shared_ptr<group_core> group,
                                             const bridge_options& options) {
    auto made = std::make_shared<bridge_impl>(executor, std::move(group), options);
    boost::asio::use_service<context_watch>(boost::asio::query(executor, boost::asio::execution::context)).add(made);
    return made;
  }

  bridge_impl(const Executor& executor, std::shared_ptr<group_core> group, const bridge_options& options)
      : bridge_core(std::move(group), options), executor_(executor), descriptor_(std::in_place, executor),
        timer_(std::in_place, executor) {
    // The descriptor object closes what it holds, and it may have to go before the core does.
    descriptor_->assign(duplicate_of_wake());
  }

  [[nodiscard]] const Executor& executor() const noexcept { return executor_; }

  void on_level_change(std::function<void(pressure_level)> observer) {
    const bool wanted = observer != nullptr;
    auto next = std::make_shared<const level_observer>(std::move(observer));
    const std::lock_guard lock(observing_);
    observer_.swap(next);
    observe_changes(wanted);
  }

 private:
  using timer_type = boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                                       boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;

  std::shared_ptr<bridge_impl> self() { return std::static_pointer_cast<bridge_impl>(shared_from_this()); }

  void wait_for_replies() override {
    descriptor_->async_wait(boost::asio::posix::descriptor_base::wait_read,
                            [self = self()](const boost::system::error_code& failed) {
                              if (!failed) self->woken();
                            });
  }

  void post_drain() override {
    boost::asio::post(executor_, [self = self()] { self->drain(); });
  }

  void set_timer(std::int64_t deadline) override {
    if (!timer_) return;
    if (deadline == never) {
      timer_->cancel();
      return;
    }
    timer_->expires_at(std::chrono::steady_clock::time_point(std::chrono::nanoseconds(deadline)));
    timer_->async_wait([self = self()](const boost::system::error_code& cancelled) {
      if (!cancelled) self->expire_waiters();
    });
  }

  void post_changes() override {
    boost::asio::post(executor_, [self = self()] { self->tell_changes(); });
  }

  void tell_changes() {
    // An observer that throws does not end the telling.
    struct going_on {
      bridge_impl* unfinished;
      ~going_on() {
        if (unfinished != nullptr) unfinished->post_changes();
      }
    } rest{this};
    while (const auto level = fetch_change()) {
      const auto observer = [this] {
        const std::lock_guard lock(observing_);
        return observer_;
      }();
      if (*observer) (*observer)(*level);
    }
    rest.unfinished = nullptr;
  }

  void context_ends() noexcept override {
    abandon();
    timer_.reset();
    descriptor_.reset();
    on_level_change({});
  }

  using level_observer = std::function<void(pressure_level)>;

  const Executor executor_;
  std::optional<boost::asio::posix::basic_stream_descriptor<Executor>> descriptor_;
  std::optional<timer_type> timer_;
  std::mutex observing_;
  std::shared_ptr<const level_observer> observer_ = std::make_shared<const level_observer>();
};

} // namespace shardbridge::detail
