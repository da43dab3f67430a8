#include "key_operation.hpp"
#include "shard_front.hpp"

#include <shardbridge/when.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/system/system_error.hpp>

#include <exception>
#include <utility>

namespace kv_server {
namespace {

using shardbridge::shard;
using shardbridge::shard_socket;
using shardbridge::task;

/// More goes out before more is asked of the shards.
constexpr std::size_t most_output = std::size_t{64} << 10;
/// What one long reply took beyond this is given back.
constexpr std::size_t most_kept_output = std::size_t{256} << 10;

std::optional<std::chrono::nanoseconds> limit(std::chrono::nanoseconds length) {
  if (length.count() == 0) return std::nullopt;
  return length;
}

class shard_connection {
 public:
  shard_connection(shard_front& on, shard_socket socket, shard_front::clients::iterator me)
      : front_(on), self_(on.self), socket_(std::move(socket)), me_(me),
        session_(on.parts.limits, on.parts.settings, on.parts.options.shards) {}
  shard_connection(const shard_connection&) = delete;
  shard_connection& operator=(const shard_connection&) = delete;
  ~shard_connection() {
    count();
    front_.leave(me_);
  }

  task<> run() {
    try {
      socket_.set_option(boost::asio::ip::tcp::no_delay(true));
    } catch (const boost::system::system_error&) { // a Unix socket has none such
    }
    bool goes_on = true;
    while (goes_on)
      goes_on = co_await step();
  }

 private:
  /// Whether the connection goes on.
  task<bool> step() {
    const session::step next = session_.next();
    if (next == session::step::work) {
      co_await work();
      co_return true;
    }
    if (next == session::step::info) {
      co_await tell_info();
      co_return true;
    }
    co_await send();
    if (next == session::step::shutdown) front_.parts.shut_down();
    if (next != session::step::read) socket_.shutdown(shardbridge::socket_half::send);
    if (next != session::step::read || front_.stopping()) co_return false;
    const std::size_t received = co_await receive();
    co_return received > 0;
  }

  task<> work() {
    session_.answer();
    while (!session_.answered()) {
      if (session_.output().size() > most_output) co_await send();
      co_await execute(session_.works());
      session_.answer();
    }
    if (session_.output().size() > most_output) co_await send();
  }

  /// Every shard works on its part, all at once.
  task<> execute(std::vector<key_work>& works) {
    std::vector<task<>> parts;
    for (std::size_t index = 0; index != works.size(); ++index)
      if (works[index].done != works[index].all.size()) parts.push_back(execute_on(index, works[index]));
    if (parts.size() == 1)
      co_await std::move(parts.front());
    else
      co_await when_all(self_, std::move(parts));
  }
  task<> execute_on(std::size_t index, key_work& work) {
    std::exception_ptr failed;
    const auto there = [&work, &stores = front_.parts.stores](shard& on) {
      return stores.at(on.index()).execute(work);
    };
    try {
      if (index == self_.index())
        co_await front_.parts.stores.at(index).execute(work);
      else
        co_await self_.call(index, there);
    } catch (...) {
      failed = std::current_exception();
    }
    if (failed) fail_rest(work, failed);
  }

  task<> tell_info() {
    const auto there = [&stores = front_.parts.stores](shard& on) { return stores.at(on.index()).numbers(); };
    store_numbers all;
    for (std::size_t index = 0; index != front_.parts.options.shards; ++index) {
      const store_numbers one = co_await self_.call(index, there);
      all.add(one);
    }
    session_.answer_info(front_.parts.info(all, session_.section()));
  }

  task<> send() {
    std::string& output = session_.output();
    count();
    if (output.empty()) co_return;
    const shardbridge::io_options options{.timeout = limit(front_.parts.options.send_timeout)};
    const std::size_t bytes = co_await self_.send(socket_, boost::asio::buffer(output), options);
    front_.served.output_bytes.add(bytes);
    output.clear();
    if (output.capacity() > most_kept_output) output.shrink_to_fit();
  }

  task<std::size_t> receive() {
    const auto room = session_.room();
    const shardbridge::io_options options{.timeout = limit(front_.parts.options.idle_timeout)};
    me_->idle = true;
    const std::size_t bytes = co_await self_.recv(socket_, boost::asio::buffer(room.data(), room.size()), options);
    me_->idle = false;
    session_.received(bytes);
    front_.served.input_bytes.add(bytes);
    co_return bytes;
  }

  void count() noexcept {
    front_.served.commands.add(session_.commands() - std::exchange(counted_, session_.commands()));
  }

  shard_front& front_;
  shard& self_;
  shard_socket socket_;
  const shard_front::clients::iterator me_;
  session session_;
  std::size_t counted_ = 0;
};

} // namespace

task<> serve_connection(shard_front& on, shard_socket socket, shard_front::clients::iterator me) {
  shard_connection served(on, std::move(socket), me);
  try {
    co_await served.run();
  } catch (const boost::system::system_error&) { // the client has gone, is too slow, or is hung up on
  }
}

} // namespace kv_server
