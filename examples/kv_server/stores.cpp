#include "stores.hpp"

#include <shardbridge/async_call.hpp>
#include <shardbridge/bridge.hpp>

#include <boost/asio/io_context.hpp>

#include <exception>
#include <utility>

namespace kv_server {

using shardbridge::shard;
using shardbridge::task;

stores::stores(const options& from)
    : folder_(from.data, from.shards), all_(from.shards),
      group_({.shards = from.shards, .pin = from.pin, .spin = from.spin}) {
  try {
    on_each([&](shard& on) {
      return open_one(on, {.folder = folder_.of_shard(on.index()),
                           .shard = on.index(),
                           .segment_bytes = from.segment_bytes,
                           .garbage_ratio = from.garbage_ratio,
                           .accept_damage = from.accept_damage});
    });
  } catch (...) { // those that could be opened
    close();
    throw;
  }
}

stores::~stores() {
  try {
    close();
  } catch (const std::exception&) { // whoever wants to know has called it before
  }
}

void stores::close() {
  on_each([this](shard& on) { return close_one(on); });
}

task<> stores::open_one(shard& on, store_options with) {
  all_[on.index()] = co_await log_store::open(on, std::move(with));
}

task<> stores::close_one(shard& on) {
  const std::unique_ptr<log_store> closing = std::move(all_[on.index()]);
  if (closing) co_await closing->close();
}

void stores::on_each(const std::function<task<>(shard&)>& work) {
  boost::asio::io_context context;
  shardbridge::bridge bridge(context, group_);
  std::exception_ptr failed;
  for (std::size_t i = 0; i != all_.size(); ++i)
    shardbridge::async_call(
        bridge, i, [&work](shard& on) { return work(on); },
        [&failed](std::exception_ptr why) {
          if (!failed) failed = why;
        });
  context.run();
  if (failed) std::rethrow_exception(failed);
}

} // namespace kv_server
