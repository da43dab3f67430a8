// The network of one shard: listens, and serves those whom it accepts, beside its log.
//
// Threads: its shard's, but for the counters.
#pragma once

#include "counters.hpp"
#include "options.hpp"
#include "session.hpp"
#include "stores.hpp"

#include <shardbridge/join_handle.hpp>
#include <shardbridge/oneshot.hpp>
#include <shardbridge/shard.hpp>
#include <shardbridge/shard_socket.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kv_server {

/// Of one shard; any thread reads.
struct front_counters {
  counters served{};
  tally accepted{};
  tally rejected{};
};

/// What all shards share; it outlives them.
struct front_parts {
  const kv_server::options& options;
  const session_limits& limits;
  kv_server::stores& stores;
  std::deque<front_counters>& all; ///< by shard
  std::vector<setting> settings{};
  std::function<void()> shut_down{};                                         ///< any thread
  std::function<std::string(const store_numbers&, std::string_view)> info{}; ///< any thread: the text of a section
};

class shard_front {
 public:
  shard_front(shardbridge::shard& on, const front_parts& with);
  shard_front(const shard_front&) = delete;
  shard_front& operator=(const shard_front&) = delete;
  ~shard_front() = default;

  /// Listens; all shards do so at one address. Returns the port. Throws bad_option, std::runtime_error.
  std::uint16_t listen_tcp(std::uint16_t port);
  void listen_unix();

  /// Accepts and serves until stop(), and then until all connections have ended.
  [[nodiscard]] shardbridge::task<> run();
  /// Idle connections end now, the others when what was received is answered.
  void stop();
  /// All end now.
  void hang_up();
  [[nodiscard]] bool stopping() const noexcept { return stopping_; }

  /// A connection, as long as it is served.
  struct client {
    std::optional<shardbridge::join_handle<void>> serving{};
    bool idle = false; ///< no command has come that is not answered
  };
  using clients = std::list<client>;
  void leave(clients::iterator which) noexcept;

  shardbridge::shard& self;
  const front_parts& parts;
  counters& served;

 private:
  [[nodiscard]] shardbridge::task<> accept(const shardbridge::shard_listener& from);
  void enter(shardbridge::shard_socket socket);
  [[nodiscard]] bool full() const noexcept;
  void end_if_empty();

  shardbridge::shard_listener tcp_;
  shardbridge::shard_listener unix_;
  clients clients_;
  bool stopping_ = false;
  shardbridge::oneshot<> empty_; ///< stopped, and nobody is left
  std::optional<shardbridge::oneshot_sender<>> tell_empty_;
};

/// Until the connection ends. It is what `me` names.
[[nodiscard]] shardbridge::task<> serve_connection(shard_front& on, shardbridge::shard_socket socket,
                                                   shard_front::clients::iterator me);

} // namespace kv_server
