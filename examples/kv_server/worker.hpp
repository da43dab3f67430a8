// One thread of the server: an execution context, the connections it serves, and its bridge to the shards.
//
// Threads: everything belongs to the thread that runs the context, but for the constructor, the counters, and what
// posts.
#pragma once

#include "clients.hpp"
#include "counters.hpp"
#include "key_operation.hpp"
#include "net.hpp"
#include "options.hpp"
#include "session.hpp"
#include "stores.hpp"

#include <shardbridge/async_call.hpp>
#include <shardbridge/bridge.hpp>

#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>

#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kv_server {

/// What all workers share; it outlives them.
struct shared_parts {
  const kv_server::options& options;
  const session_limits& limits;
  kv_server::stores& stores;
  std::vector<setting> settings{};
  std::function<void()> shut_down{};                                         ///< any thread
  std::function<std::string(const store_numbers&, std::string_view)> info{}; ///< any thread: the text of a section
};

class worker {
 public:
  explicit worker(const shared_parts& with);

  const shared_parts& shared;
  asio::io_context context{1};
  kv_server::counters counters;

  /// Any thread: idle connections end now, the others when what was received is answered. `drained` is called on the
  /// worker's thread when none is left.
  void stop(std::function<void()> drained);
  /// Any thread: all end now.
  void hang_up();
  [[nodiscard]] bool stopping() const noexcept { return stopping_; }

  /// A connection enters at its beginning and leaves at its end.
  clients::iterator enter(client_socket socket);
  void leave(clients::iterator which) noexcept;

  /// Has every shard work on its part, all at once, with one call each. Handler: void().
  template <class Token>
  auto async_execute(std::vector<key_work>& works, Token&& token) {
    return asio::async_initiate<Token, void()>(
        [this](auto handler, std::vector<key_work>* all) {
          using waiting = std::pair<decltype(handler), std::size_t>;
          const auto left = std::make_shared<waiting>(std::move(handler), 1);
          const auto ended = [](const std::shared_ptr<waiting>& one) {
            if (--one->second == 0) std::move(one->first)();
          };
          for (std::size_t i = 0; i != all->size(); ++i) {
            key_work* const work = &(*all)[i];
            if (work->done == work->all.size()) continue;
            ++left->second;
            shardbridge::async_call(
                bridge_, i,
                [work, &stores = shared.stores](shardbridge::shard& on) {
                  return stores.at(on.index()).execute(*work);
                },
                [work, left, ended](const std::exception_ptr& failed) {
                  if (failed) fail_rest(*work, failed);
                  ended(left);
                });
          }
          --left->second; // there is work, so no handler has run by now, nor does one in here
        },
        token, &works);
  }
  /// Of all shards.
  [[nodiscard]] awaitable<store_numbers> numbers();

 private:
  awaitable<> expire_clients();
  void drained_if_empty();

  shardbridge::basic_bridge<executor> bridge_;
  asio::executor_work_guard<executor> work_;
  timer sweep_;
  clients clients_;
  bool sweeping_ = false;
  bool stopping_ = false;
  std::function<void()> drained_;
};

} // namespace kv_server
