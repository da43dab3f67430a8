// Goal: options that make no sense are refused at construction, by a sentence that names the option; those at the edge
// of sense work. Method: each alone, and one operation with each that is allowed.
#include "support/service.hpp"

#include <sched.h>

#include <stdexcept>

namespace shardbridge::tests {
namespace {

template <class Construct>
void expect_names(Construct construct, const std::string& option) {
  try {
    construct();
    ADD_FAILURE() << "accepted, but " << option << " makes no sense";
  } catch (const std::invalid_argument& refused) {
    const std::string sentence = refused.what();
    EXPECT_NE(sentence.find(option), std::string::npos) << sentence;
    EXPECT_GT(sentence.size(), option.size() + 10);
  }
}

void expect_works(const shard_group_options& shards, const bridge_options& limits = {}) {
  service all(shards, limits);
  int ran = 0;
  async_call(
      all.link, shards.shards - 1, [](shard&) {}, [&](const std::exception_ptr& failure) { ran += !failure; });
  EXPECT_TRUE(all.finish());
  EXPECT_EQ(ran, 1);
}

TEST(errors_are_clear, of_group_options) {
  const auto refused = [](shard_group_options options, const char* option) {
    expect_names([&] { const shard_group group(options); }, std::string("shard_group_options::") + option);
  };
  refused({.shards = 0}, "shards");
  refused({.shards = 1025}, "shards");
  refused({.stall_bound = 0ns}, "stall_bound");
  refused({.io_workers = 0}, "io_workers");
  refused({.io_workers = 4097}, "io_workers");
  refused({.ring_entries = 0}, "ring_entries");
  refused({.ring_entries = 1}, "ring_entries");
  refused({.shutdown_timeout = -1ns}, "shutdown_timeout");
  refused({.ring_entries = 16385}, "ring_entries");
  refused({.receive_buffers = 3}, "receive_buffers");
  refused({.receive_buffers = 65536}, "receive_buffers");
  refused({.receive_buffer_bytes = 255}, "receive_buffer_bytes");
  refused({.receive_buffer_bytes = (std::size_t{1} << 30U) + 1}, "receive_buffer_bytes");
  refused({.cpus = {-1}}, "cpus");
  refused({.cpus = {100'000}}, "cpus");
  refused({.timeout = 0ns}, "timeout");
  refused({.timeout = -1s}, "timeout");
  refused({.backend = static_cast<backend>(77)}, "backend");
  refused({.timeout_mode = static_cast<timeout_mode>(77)}, "timeout_mode");
  refused({.spin = -1ns}, "spin");
  refused({.spin = 1s + 1ns}, "spin");
  refused({.shard_wake = static_cast<shard_wake>(77)}, "shard_wake");
}

TEST(errors_are_clear, of_bridge_options) {
  asio::io_context context;
  shard_group group;
  const auto refused = [&](const bridge_options& options, const char* option) {
    expect_names([&] { const bridge link(context, group, options); }, std::string("bridge_options::") + option);
  };
  refused({.max_ops = 0}, "max_ops");
  refused({.max_ops = (std::size_t{1} << 22U) + 1}, "max_ops");
  refused({.max_bytes = 0}, "max_bytes");
  refused({.max_bytes = (std::size_t{1} << 40U) + 1}, "max_bytes");
  refused({.timeout = 0ns}, "timeout");
  refused({.timeout = -1ns}, "timeout");
  refused({.when_full = static_cast<when_full>(77)}, "when_full");
  refused({.spin = -1ns}, "spin");
  refused({.spin = 1s + 1ns}, "spin");
  EXPECT_EQ(context.run(), 0U) << "a bridge that was not made leaves nothing behind";
}

TEST(errors_are_clear, options_at_the_edge_of_sense_work) {
  expect_works({.ring_entries = 2});
  expect_works({.ring_entries = 3});
  expect_works({.shutdown_timeout = 0ns});
  expect_works({.shutdown_timeout = no_timeout});
  expect_works({.ring_entries = 16384});
  expect_works({.receive_buffers = 0});
  expect_works({.receive_buffers = 32768, .receive_buffer_bytes = 256});
  expect_works({.receive_buffers = 1, .receive_buffer_bytes = std::size_t{1} << 30U});
  expect_works({.shards = 5, .pin = false});
  expect_works({.cpus = {::sched_getcpu()}});
  expect_works({.timeout = no_timeout, .timeout_mode = timeout_mode::timer});
  expect_works(
      {.ring_entries = 2, .backend = backend::thread_pool, .timeout_mode = timeout_mode::linked, .io_workers = 1});
  expect_works({.backend = backend::thread_pool, .io_workers = 4096});
  expect_works({}, {.max_ops = 1, .max_bytes = 1, .max_waiters = 0});
  expect_works({.spin = 0ns}, {.spin = 1s});
  expect_works({}, {.max_ops = (std::size_t{1} << 21U) - 1, .max_bytes = (std::size_t{1} << 40U) - 1});
  expect_works({}, {.timeout = no_timeout});
}

TEST(errors_are_clear, a_group_is_pinned_as_it_was_told) {
  const int here = ::sched_getcpu();
  service all({.shards = 1, .cpus = {here}});
  int there = -1;
  async_call(
      all.link, 0, [](shard&) { return ::sched_getcpu(); }, [&](const std::exception_ptr&, int cpu) { there = cpu; });
  ASSERT_TRUE(all.finish());
  EXPECT_EQ(there, here);
}

} // namespace
} // namespace shardbridge::tests
