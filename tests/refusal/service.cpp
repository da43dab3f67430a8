// A small service as anybody may write it: says what its shards run on, writes a file, reads it again, and says so. A
// failure to start is a sentence on the error output and exit code 1.
#include <shardbridge/shardbridge.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>

namespace asio = boost::asio;
using shardbridge::backend;
using shardbridge::open_flags;

namespace {

backend backend_named(std::string_view name) {
  if (name == "automatic") return backend::automatic;
  if (name == "io_uring") return backend::io_uring;
  if (name == "thread_pool") return backend::thread_pool;
  throw std::invalid_argument("no such backend");
}

void serve(backend which, unsigned entries, const std::string& path) {
  asio::io_context context;
  shardbridge::shard_group shards({.ring_entries = entries, .backend = which, .log = [](const std::string& line) {
                                     std::fprintf(stderr, "%s\n", line.c_str());
                                   }});
  shardbridge::bridge bridge(context, shards);
  shardbridge::random_access_file file(bridge);
  const auto finish = [&context](auto future) {
    context.restart();
    context.run();
    return future.get();
  };
  finish(file.async_open(path, open_flags::read_write | open_flags::create, asio::use_future));
  const std::string text(100'000, 'x');
  finish(file.async_write_some_at(0, asio::buffer(text), asio::use_future));
  finish(file.async_sync_all(asio::use_future));
  std::string back(text.size(), '\0');
  if (finish(file.async_read_some_at(0, asio::buffer(back), asio::use_future)) != text.size() || back != text)
    throw std::runtime_error("something else was read than written");
  finish(file.async_close(asio::use_future));
  std::puts("served");
}

} // namespace

int main(int count, char** words) {
  try {
    if (count != 4) throw std::invalid_argument("usage: refusal_service BACKEND ENTRIES FILE");
    serve(backend_named(words[1]), static_cast<unsigned>(std::strtoul(words[2], nullptr, 10)), words[3]);
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "refusal_service: %s\n", failure.what());
    return 1;
  }
}
