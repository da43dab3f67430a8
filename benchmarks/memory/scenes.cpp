#include "scenes.hpp"

#include "../common/failure.hpp"
#include "read_file.hpp"
#include "run_operations.hpp"

#include <shardbridge/shardbridge.hpp>

#include <boost/asio.hpp>

#include <algorithm>
#include <chrono>
#include <exception>
#include <future>
#include <optional>
#include <thread>

namespace shardbridge::bench {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

constexpr unsigned times_full = 4;
constexpr std::size_t working_depth = 256;

shard_group_options group_of(const memory_request& asked) {
  shard_group_options options;
  options.shards = asked.shards;
  options.ring_entries = asked.ring_entries;
  options.backend = backend::io_uring; // it is that one's memory
  return options;
}

bridge_options bridge_for(std::uint64_t operations) {
  bridge_options options;
  options.max_ops = operations;
  options.max_bytes = std::max(options.max_bytes, operations * 4096);
  return options;
}

/// So many operations on each shard, so many at a time.
void use_shards(asio::io_context& context, shard_group& group, std::uint64_t count, std::uint64_t depth) {
  bridge through(context, group, bridge_for(depth));
  for (std::size_t shard = 0; shard != group.size(); ++shard)
    run_operations(context, count, depth, [&](auto handler) { async_nop(through, shard, std::move(handler)); });
}

/// Keeps a shard from doing anything, so that all that it is given stays outstanding.
class held_shard {
 public:
  explicit held_shard(bridge& through) {
    async_call(
        through, 0,
        [this](shard&) {
          held_.set_value();
          let_go_.get_future().wait();
        },
        [](const std::exception_ptr& failed) {
          if (failed) std::rethrow_exception(failed);
        });
    held_.get_future().wait();
  }
  ~held_shard() { let_go_.set_value(); }
  held_shard(const held_shard&) = delete;
  held_shard& operator=(const held_shard&) = delete;

 private:
  std::promise<void> held_;
  std::promise<void> let_go_;
};

task<> end_at_once() {
  co_return;
}

void begin_one(const std::string& what, bridge& through, read_file& file, std::uint64_t& completed) {
  const auto count = [&completed](const auto& failed, std::size_t = 0) {
    if (!failed) ++completed;
  };
  if (what == "no-ops") return async_nop(through, 0, count);
  if (what == "reads") return file.read(count);
  async_call(
      through, 0, [](shard&) { return end_at_once(); }, count);
}

task<> sleep_long(shard& self) {
  co_await self.sleep_for(1h);
}

} // namespace

void look_at_shards(const memory_request& asked, const look& at) {
  asio::io_context context;
  at("before");
  shard_group group(group_of(asked));
  use_shards(context, group, 1, 1);
  at("made");
  use_shards(context, group, std::uint64_t{times_full} * asked.ring_entries, asked.ring_entries);
  at("used");
}

void look_at_bridge(const memory_request& asked, const look& at) {
  asio::io_context context;
  shard_group group(group_of(asked));
  bridge holding(context, group);
  run_operations(context, asked.ring_entries, 1, [&](auto handler) { async_nop(holding, 0, std::move(handler)); });
  at("before");
  std::optional<bridge> through(std::in_place, context, group, bridge_for(asked.count));
  std::optional<read_file> file(std::in_place, *through);
  at("made");
  std::uint64_t completed = 0;
  {
    const held_shard held(holding);
    for (std::uint64_t each = 0; each != asked.count; ++each)
      begin_one(asked.what, *through, *file, completed);
    if (through->stats().accepted < asked.count) throw run_failure("a bridge did not admit what it has room for");
    at("full");
  }
  context.restart();
  context.run();
  if (completed != asked.count) throw run_failure("some operations failed");
  at("done");
  file.reset();
  through.reset();
  std::this_thread::sleep_for(100ms); // the shard that closes the file has a share in the bridge until then
  at("gone");
}

void look_at_tasks(const memory_request& asked, const look& at) {
  asio::io_context context;
  shard_group group(group_of(asked));
  bridge through(context, group);
  const auto call = [&](auto function) {
    std::exception_ptr failed;
    async_call(through, 0, function, [&](const std::exception_ptr& told) { failed = told; });
    context.restart();
    context.run();
    if (failed) std::rethrow_exception(failed);
  };
  call([](shard&) {});
  at("made");
  call([&](shard& self) {
    for (std::uint64_t each = 0; each != asked.count; ++each)
      self.spawn(sleep_long(self)).detach();
  });
  at("full");
  call([](shard& self) { self.for_each_task([&](const task_info& each) { self.abort(each.id); }); });
  call([](shard& self) -> task<> {
    while (self.tasks() > 1)
      co_await self.yield();
  });
  at("done");
}

void look_at_stretches(const memory_request& asked, const look& at) {
  asio::io_context context;
  shard_group group(group_of(asked));
  bridge through(context, group);
  read_file file(through);
  const auto work = [&](std::uint64_t operations) {
    run_operations(context, operations, working_depth,
                   [&](auto handler) { async_nop(through, 0, std::move(handler)); });
    run_operations(context, operations, working_depth, [&](auto handler) { file.read(std::move(handler)); });
  };
  work(asked.count / 10 + 1);
  at("warm");
  for (unsigned each = 0; each != asked.stretches && !interrupted(); ++each) {
    work(asked.count);
    if (!interrupted()) at("stretch");
  }
}

} // namespace shardbridge::bench
