// A notifier without Asio: room for functions, those who wait for it, and who calls them. What needs an executor is
// virtual, as in bridge_core.
#pragma once

#include <shardbridge/detail/notification.hpp>
#include <shardbridge/notifier_options.hpp>
#include <shardbridge/pressure_level.hpp>

#include <memory>

namespace shardbridge::detail {

class notifier_core : public std::enable_shared_from_this<notifier_core> {
 public:
  /// Throws std::invalid_argument for nonsense options.
  explicit notifier_core(const notifier_options& options);
  notifier_core(const notifier_core&) = delete;
  notifier_core& operator=(const notifier_core&) = delete;

  /// Sends what `who` posts, or lets it wait for room: true, and it will be woken, unless it is withdrawn. On its
  /// shard, which may be `stopping`.
  [[nodiscard]] bool post(post_awaiter& who, bool stopping) noexcept;
  /// It shall not wait any more. False: it has been woken, or is about to be. On its shard.
  [[nodiscard]] bool withdraw(post_awaiter& who) noexcept;

  /// Room for one function, to be used or given up. Any thread.
  [[nodiscard]] bool try_take_room() noexcept;
  void use_room(unsent_notification what) noexcept;
  void give_up_room() noexcept;

  /// Accepts nothing any more, and those who wait are woken in vain. What is accepted is called. Any thread.
  void close() noexcept;

  [[nodiscard]] pressure_level level() const noexcept;
  [[nodiscard]] notifier_stats stats() const;

 protected:
  virtual ~notifier_core();

  /// Calls what is accepted, until there is none or others shall have their turn. On the executor, once a post_drain().
  void drain();
  /// The execution context goes, and calls drain() no more: destroys what was not called.
  void abandon() noexcept;

 private:
  /// Calls drain() soon.
  virtual void post_drain() = 0;

  void call(operation& next);
  void send(operation& accepted) noexcept;
  void discard(operation& accepted) noexcept;
  void give_back() noexcept;

  struct parts;
  const std::unique_ptr<parts> parts_;
};

} // namespace shardbridge::detail
