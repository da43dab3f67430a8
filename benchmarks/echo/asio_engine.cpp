#include "../common/cpus.hpp"
#include "engine.hpp"

#include <boost/asio.hpp>

#include <array>
#include <memory>
#include <thread>
#include <utility>

namespace shardbridge::bench {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

/// Reads and writes in turn, by callbacks.
class session : public std::enable_shared_from_this<session> {
 public:
  explicit session(tcp::socket socket) : socket_(std::move(socket)) {}

  void read() {
    socket_.async_read_some(asio::buffer(bytes_),
                            [self = shared_from_this()](const error_code& failed, std::size_t count) {
                              if (!failed) self->write(count);
                            });
  }

 private:
  void write(std::size_t count) {
    asio::async_write(socket_, asio::buffer(bytes_, count),
                      [self = shared_from_this()](const error_code& failed, std::size_t) {
                        if (!failed) self->read();
                      });
  }

  tcp::socket socket_;
  std::array<char, server_buffer_bytes> bytes_;
};

class asio_server final : public echo_server {
 public:
  explicit asio_server(int cpu) {
    accept();
    thread_ = std::thread([this, cpu] {
      const on_cpus there({cpu});
      context_.run();
    });
  }
  ~asio_server() override {
    context_.stop();
    thread_.join();
  }
  std::uint16_t port() const override { return acceptor_.local_endpoint().port(); }

 private:
  void accept() {
    acceptor_.async_accept([this](const error_code& failed, tcp::socket made) {
      if (failed) return;
      made.set_option(tcp::no_delay(true));
      std::make_shared<session>(std::move(made))->read();
      accept();
    });
  }

  asio::io_context context_{1}; // it need not lock
  tcp::acceptor acceptor_{context_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)};
  std::thread thread_;
};

} // namespace

std::unique_ptr<echo_server> serve_by_asio(const echo_setting&, int cpu) {
  return std::make_unique<asio_server>(cpu);
}

} // namespace shardbridge::bench
