// Goal: see what an operation told, by whatever token, once and at the right place. Method: a record outside of it that
// a thread can wait for.
#pragma once

#include "answer.hpp"
#include "executor_places.hpp"

#include <atomic>
#include <future>
#include <optional>
#include <tuple>

namespace shardbridge::tests {

/// Whether this thread is inside an initiating function.
inline thread_local bool initiating = false;

template <class... Values>
class told {
 public:
  using values = std::tuple<Values...>;

  /// `where`: that handlers must run on.
  explicit told(place& where) : where_(where) {}

  /// On any thread.
  void set(const error_code& failed, std::optional<values> given) {
    error = failed;
    given_ = std::move(given);
    if (++calls == 1) done_.set_value();
  }
  /// In a handler or a coroutine.
  void set_here(const error_code& failed, std::optional<values> given) {
    EXPECT_TRUE(where_.runs_here()) << "told on another executor";
    EXPECT_FALSE(initiating) << "told inside the initiating function";
    set(failed, std::move(given));
  }

  class handler_type {
   public:
    explicit handler_type(told& into) noexcept : into_(&into) {}
    void operator()(const error_code& failed, Values... values) const {
      into_->set_here(failed, std::tuple<Values...>(std::move(values)...));
    }
    void operator()(const std::exception_ptr& failed, Values... values) const {
      into_->set_here(code_of(failed), std::tuple<Values...>(std::move(values)...));
    }

   private:
    told* into_;
  };
  handler_type handler() noexcept { return handler_type(*this); }

  [[nodiscard]] bool wait() { return done_.get_future().wait_for(patience) == std::future_status::ready; }

  /// What was told with or without an error, if the token told it.
  [[nodiscard]] bool has_values() const { return given_.has_value(); }
  template <std::size_t Index = 0>
  [[nodiscard]] auto& get() {
    return std::get<Index>(*given_);
  }

  std::atomic<int> calls = 0;
  error_code error;
  error_code redirected; ///< for tokens that put the error aside

 private:
  place& where_;
  std::optional<values> given_;
  std::promise<void> done_;
};

} // namespace shardbridge::tests
