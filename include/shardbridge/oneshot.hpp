#pragma once

#include <shardbridge/detail/oneshot_core.hpp>
#include <shardbridge/shard.hpp>

#include <cassert>
#include <concepts>
#include <exception>
#include <type_traits>
#include <utility>

namespace shardbridge {

template <class T = void>
class oneshot_sender;

/** @brief One value, or one exception, from one task to another of its shard: an answer, say, to what went through a
 *  channel.
 *
 *      shardbridge::oneshot<int> answer(self);
 *      request asked{.name = "size", .answer = answer.make_sender()};
 *      co_await requests.send(std::move(asked));
 *      const int size = co_await answer.get();
 *
 *  The oneshot stays where the answer is awaited, and keeps it. Its sender can be moved to whoever gives the answer.
 *  Each knows whether the other is gone, so nothing is allocated, they may go in either order, and a sender that is
 *  dropped is noticed, which one object that both tasks refer to could not offer.
 *  @par Ownership     it belongs to the task that awaits it
 *  @par Thread-safety none: it is made, used and destroyed on its shard */
template <class T = void>
class oneshot {
  static_assert(std::is_void_v<T> || (std::is_object_v<T> && std::is_nothrow_move_constructible_v<T>),
                "shardbridge::oneshot: moving the value must not throw");

 public:
  /// For one answer on this shard.
  explicit oneshot(shard& on) noexcept : runtime_(on.runtime()), core_(runtime_) {}
  oneshot(const oneshot&) = delete;
  oneshot& operator=(const oneshot&) = delete;
  /// It must not be awaited any more. What is sent from then on is dropped.
  ~oneshot() {
    assert(!core_.awaited() && "shardbridge::oneshot: destroyed while it is awaited");
    if (sender_ != nullptr) sender_->to_ = nullptr;
  }

  /// Its only one: called once.
  [[nodiscard]] oneshot_sender<T> make_sender() noexcept {
    assert(sender_ == nullptr && !core_.over() && "shardbridge::oneshot: it has one sender");
    return oneshot_sender<T>(*this);
  }

  /// Awaited, once: gives the value, or throws the exception, that was sent. Throws `boost::asio::error::broken_pipe`
  /// if the sender was dropped instead. What has come is given even to a task that is cancelled and on a shard that
  /// stops; without it, it throws there what class shard says.
  [[nodiscard]] auto get() noexcept { return detail::oneshot_awaiter<T>(runtime_, core_); }

 private:
  friend oneshot_sender<T>;

  detail::shard_runtime& runtime_;
  detail::oneshot_core<T> core_;
  oneshot_sender<T>* sender_ = nullptr; ///< that has sent nothing yet
};

/** @brief The end of a oneshot that says what comes. Dropped without a word, it has oneshot::get() throw.
 *  @par Ownership     whoever has it; it may outlive its oneshot
 *  @par Thread-safety none: it stays on its shard */
template <class T>
class [[nodiscard]] oneshot_sender {
 public:
  /// The other may be assigned to or destroyed, no more.
  oneshot_sender(oneshot_sender&& other) noexcept { link(other.unlink()); }
  /// Drops the one it was. The other likewise.
  oneshot_sender& operator=(oneshot_sender&& other) noexcept {
    oneshot_sender given(std::move(other));
    drop();
    link(given.unlink());
    return *this;
  }
  ~oneshot_sender() { drop(); }

  /// Whether anybody could get what is sent: nothing was yet, and the oneshot is there.
  [[nodiscard]] bool wanted() const noexcept { return to_ != nullptr; }

  /// Sends the value; destroys it if it is not wanted. Throws what making a T of it throws, and nothing was sent then.
  template <class Value = T>
    requires(!std::is_void_v<T> && std::convertible_to<Value, T>)
  void set_value(Value&& value) {
    T made(std::forward<Value>(value));
    if (oneshot<T>* const to = unlink()) to->core_.succeed(std::move(made));
  }
  /// Sends that it is done.
  void set_value() noexcept
    requires std::is_void_v<T>
  {
    if (oneshot<T>* const to = unlink()) to->core_.succeed();
  }
  /// Sends what get() will throw, which must not be null.
  void set_exception(std::exception_ptr why) noexcept {
    assert(why != nullptr && "shardbridge::oneshot_sender: no exception");
    if (oneshot<T>* const to = unlink()) to->core_.fail(std::move(why));
  }

 private:
  friend oneshot<T>;
  explicit oneshot_sender(oneshot<T>& to) noexcept { link(&to); }

  void link(oneshot<T>* to) noexcept {
    to_ = to;
    if (to_ != nullptr) to_->sender_ = this;
  }
  oneshot<T>* unlink() noexcept {
    if (to_ != nullptr) to_->sender_ = nullptr;
    return std::exchange(to_, nullptr);
  }
  void drop() noexcept {
    if (oneshot<T>* const to = unlink()) to->core_.drop();
  }

  oneshot<T>* to_ = nullptr; ///< nullptr: it has sent, or that is gone
};

} // namespace shardbridge
