#include "connection.hpp"

#include "session.hpp"
#include "worker.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include <utility>

namespace kv_server {
namespace {

/// More goes out before more is asked of the shards.
constexpr std::size_t much_output = std::size_t{64} << 10;
/// What one long reply took beyond this is given back.
constexpr std::size_t kept_output = std::size_t{256} << 10;

class connection {
 public:
  connection(worker& on, client_socket socket)
      : worker_(on), me_(on.enter(std::move(socket))),
        session_(on.shared.limits, on.shared.settings, on.shared.options.shards) {}
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;
  ~connection() {
    worker_.counters.commands.add(session_.commands() - counted_);
    worker_.leave(me_);
  }

  awaitable<> run() {
    boost::system::error_code ignored; // a Unix socket has none such
    me_->socket.set_option(asio::ip::tcp::no_delay(true), ignored);
    while (co_await step()) {
    }
  }

 private:
  /// Whether the connection goes on, as all that follow.
  awaitable<bool> step() {
    const session::step next = session_.next();
    if (next == session::step::work) co_return co_await work();
    if (next == session::step::info) co_return co_await tell_info();
    const bool sent = co_await send();
    if (next == session::step::shutdown) worker_.shared.shut_down();
    if (next != session::step::read) end_sending();
    if (!sent || next != session::step::read || worker_.stopping()) co_return false;
    co_return co_await receive();
  }

  awaitable<bool> work() {
    session_.answer();
    while (!session_.answered()) {
      bool sent = true;
      if (session_.output().size() > much_output) sent = co_await send();
      if (!sent) co_return false;
      co_await worker_.async_execute(session_.works(), asio::use_awaitable_t<executor>{});
      session_.answer();
    }
    if (session_.output().size() <= much_output) co_return true;
    co_return co_await send();
  }

  awaitable<bool> tell_info() {
    const store_numbers numbers = co_await worker_.numbers();
    session_.answer_info(worker_.shared.info(numbers, session_.section()));
    co_return true;
  }

  /// The client sees the end behind what it was sent.
  void end_sending() {
    boost::system::error_code ignored;
    me_->socket.shutdown(asio::socket_base::shutdown_send, ignored);
  }

  awaitable<bool> send() {
    std::string& output = session_.output();
    worker_.counters.commands.add(session_.commands() - counted_);
    counted_ = session_.commands();
    if (output.empty()) co_return true;
    me_->wait_for(worker_.shared.options.send_timeout);
    const auto [failed, bytes] = co_await asio::async_write(me_->socket, asio::buffer(output), as_tuple);
    me_->wait_for({});
    worker_.counters.output_bytes.add(bytes);
    output.clear();
    if (output.capacity() > kept_output) output.shrink_to_fit();
    co_return !failed;
  }

  awaitable<bool> receive() {
    const auto room = session_.room();
    me_->idle = true;
    me_->wait_for(worker_.shared.options.idle_timeout);
    const auto [failed, bytes] = co_await me_->socket.async_read_some(asio::buffer(room.data(), room.size()), as_tuple);
    me_->wait_for({});
    me_->idle = false;
    session_.received(bytes);
    worker_.counters.input_bytes.add(bytes);
    co_return !failed;
  }

  worker& worker_;
  clients::iterator me_;
  session session_;
  std::size_t counted_ = 0;
};

} // namespace

awaitable<> serve_connection(worker& on, client_socket socket) {
  connection served(on, std::move(socket));
  co_await served.run();
}

} // namespace kv_server
