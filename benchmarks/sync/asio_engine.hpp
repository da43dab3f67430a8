#pragma once

#include "../common/countdown.hpp"
#include "../common/cpus.hpp"
#include "../handoff/io_threads.hpp"
#include "engine.hpp"

#include <boost/asio/post.hpp>

#include <string>

namespace shardbridge::bench {

/// The Asio service around an engine: one thread, on which all clients run. Handlers are plain function objects:
/// coroutines would cost every engine the same on top.
class asio_sync_engine : public sync_engine {
 protected:
  explicit asio_sync_engine(const sync_setting& what) : sync_engine(what), service_(1, usable_cpus()) {}

  boost::asio::io_context& context() noexcept { return service_.context(); }
  /// Before the engine destroys what the clients' thread could be about to leave.
  void join_clients() { service_.join(); }

  // Exactly one of these is called for what initiate() began, on the clients' thread. Both go on with the next.
  void completed(sync_client& who) {
    who.completed();
    go_on(who);
  }
  void failed(sync_client& who, const std::string& why) {
    who.failed(why);
    go_on(who);
  }

 private:
  /// Begins the client's write. What it calls in the end is never called from inside.
  virtual void initiate(sync_client& who) = 0;

  void go_on(sync_client& who) { who.next() ? initiate(who) : running_.done(); }

  void run() override {
    running_.start(clients().size());
    for (auto& client : clients())
      boost::asio::post(context(), [this, &client] { go_on(client); });
    running_.wait();
  }

  countdown running_;
  io_threads service_;
};

} // namespace shardbridge::bench
