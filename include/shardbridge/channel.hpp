#pragma once

#include <shardbridge/detail/channel_core.hpp>
#include <shardbridge/shard.hpp>

#include <cstddef>
#include <optional>
#include <type_traits>
#include <utility>

namespace shardbridge {

/** @brief A bounded queue between tasks of one shard: who sends waits for room, who receives for a value; on both sides
 *  first come, first served.
 *
 *      shardbridge::channel<block> blocks(self, 4);
 *      // One task:
 *      co_await blocks.send(std::move(next));
 *      blocks.close();
 *      // Another:
 *      while (std::optional<block> each = co_await blocks.receive())
 *        use(*each);
 *
 *  Any number of tasks may send, and any number receive. Memory is allocated by the constructor alone. Values need not
 *  have a default, nor be copyable; moving them must not throw, since they are moved where nothing can be undone.
 *
 *  What need not wait does not let others run. A task that sends and receives much calls `co_await self.yield()` now
 *  and then.
 *  @par Ownership     a value belongs to the task that sends it until it is sent, then to the channel, then to the task
 *                     that receives it, from when it is picked for it: if that task is destroyed before it goes on, as
 *                     a stopped shard may do, the value goes with it. What is in a channel that is destroyed is
 *                     destroyed. Tasks that wait in it then are told, as by close(), but must not use it any more.
 *  @par Cancellation  in a task that is cancelled, and on a shard that stops, send() and receive() throw what
 *                     class shard says, whether or not they would wait, and nothing was sent or received. A wait that
 *                     was over before keeps its result. try_send() and try_receive() do not care.
 *  @par Thread-safety none: it is made, used and destroyed on its shard
 *  @see pipeline.cpp */
template <class T>
class channel {
  static_assert(std::is_object_v<T> && !std::is_const_v<T>, "shardbridge::channel: values are moved");
  static_assert(std::is_nothrow_move_constructible_v<T>, "shardbridge::channel: moving a value must not throw");

 public:
  /// Keeps up to `capacity` values for who receives them later. With 0 it keeps none: a send waits until its value is
  /// received. Throws std::bad_alloc.
  channel(shard& on, std::size_t capacity) : runtime_(on.runtime()), core_(runtime_, capacity) {}
  channel(const channel&) = delete;
  channel& operator=(const channel&) = delete;
  /// Closes it.
  ~channel() = default;

  /// Awaited, once: until the value is in the channel, or received where the capacity is 0. Throws
  /// `boost::asio::error::broken_pipe` if the channel is closed, at first or meanwhile; the value was not sent then,
  /// and is destroyed. Give an aggregate or a lambda a name before you send it: gcc 12 destroys twice what is written
  /// inside an awaited expression.
  [[nodiscard]] auto send(T value) noexcept { return detail::send_awaiter<T>(runtime_, core_, std::move(value)); }
  /// Awaited, once: until there is a value. Gives none when the channel is closed and everything in it was received.
  [[nodiscard]] auto receive() noexcept { return detail::receive_awaiter<T>(runtime_, core_); }

  /// False, and `value` is as it was: send() would wait, or the channel is closed.
  [[nodiscard]] bool try_send(T&& value) noexcept { return core_.send(value) == detail::wait_end::served; }
  /// None: receive() would wait, or the channel is closed and everything in it was received.
  [[nodiscard]] std::optional<T> try_receive() noexcept {
    std::optional<T> value;
    core_.receive(value);
    return value;
  }

  /// Nothing can be sent any more. What is in the channel can be received; those that wait to send are refused, those
  /// that wait to receive get none. Nothing happens to a channel that is closed.
  void close() noexcept { core_.close(); }
  /// Whether it is closed.
  [[nodiscard]] bool closed() const noexcept { return core_.closed(); }

  /// How many values it keeps, without those of tasks that wait to send.
  [[nodiscard]] std::size_t size() const noexcept { return core_.queue.size(); }
  /// How many it can keep.
  [[nodiscard]] std::size_t capacity() const noexcept { return core_.queue.capacity(); }

 private:
  detail::shard_runtime& runtime_;
  detail::channel_core<T> core_;
};

} // namespace shardbridge
