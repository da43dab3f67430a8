// Goal: file, bridge, group and context may be destroyed in any order with operations outstanding: each handler is
// called at most once, not at all after its context is gone, and destroyed by the end. Method: all 24 orders, with
// reads in the kernel, in the queue of the shard and waiting for a permit, under the eyes of the sanitizers.
#include "support/fifo.hpp"
#include "support/service.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <deque>
#include <tuple>

namespace shardbridge::tests {
namespace {

constexpr std::array participants{"file", "bridge", "group", "context"};
using order = std::array<std::size_t, 4>;

std::vector<order> all_orders() {
  std::vector<order> out;
  order each{0, 1, 2, 3};
  do
    out.push_back(each);
  while (std::ranges::next_permutation(each).found);
  return out;
}

/// What the handlers saw; outlives everything.
struct witness {
  std::atomic<int> calls = 0;
  std::shared_ptr<int> alive = std::make_shared<int>();
};

/// An operation of each kind at each stage.
void hold_up(random_access_file& file, std::deque<std::string>& buffers, witness& seen) {
  const auto handler = [&seen] {
    return [&seen, kept = seen.alive, once = false](const error_code&, auto...) mutable {
      EXPECT_FALSE(std::exchange(once, true));
      ++seen.calls;
    };
  };
  for (int each = 0; each < 6; ++each)
    file.async_read_some_at(0, asio::buffer(buffers.emplace_back(10, '\0')), handler());
  file.async_size(handler());
  file.async_sync_all(handler());
}
constexpr int operations = 8;

template <class Context>
struct participants_of {
  witness seen; // before all that may hold handlers
  fifo pipe;
  std::deque<std::string> buffers;
  std::unique_ptr<Context> context = std::make_unique<Context>();
  std::unique_ptr<shard_group> group = std::make_unique<shard_group>(shard_group_options{.ring_entries = 2});
  std::unique_ptr<bridge> link = std::make_unique<bridge>(*context, *group, bridge_options{.max_ops = 4});
  std::unique_ptr<random_access_file> file =
      std::make_unique<random_access_file>(*link, pipe.path(), open_flags::read_write);

  void destroy(std::size_t which) {
    if (which == 0) file.reset();
    if (which == 1) link.reset();
    if (which == 2) group.reset();
    if (which == 3) context.reset();
  }
};

class lifetimes : public testing::TestWithParam<std::tuple<order, bool>> {};

TEST_P(lifetimes, of_an_io_context_and_what_is_joined_to_it) {
  participants_of<asio::io_context> all;
  hold_up(*all.file, all.buffers, all.seen);
  const auto& [sequence, run_between] = GetParam();
  for (const std::size_t each : sequence) {
    if (run_between && all.context) all.context->run_for(2ms);
    if (each == 3) {
      const int before = all.seen.calls;
      all.context.reset();
      EXPECT_EQ(all.seen.calls, before) << "no handler is called by the destructor of its context";
      EXPECT_EQ(all.seen.alive.use_count(), 1) << "every handler is gone with its context";
    } else {
      all.destroy(each);
    }
  }
  EXPECT_LE(all.seen.calls, operations);
  EXPECT_EQ(all.seen.alive.use_count(), 1);
}

TEST_P(lifetimes, of_a_thread_pool_and_what_is_joined_to_it) {
  participants_of<asio::thread_pool> all;
  hold_up(*all.file, all.buffers, all.seen);
  const auto& [sequence, pause_between] = GetParam();
  for (const std::size_t each : sequence) {
    if (pause_between) std::this_thread::sleep_for(2ms);
    all.destroy(each);
  }
  EXPECT_LE(all.seen.calls, operations);
  EXPECT_EQ(all.seen.alive.use_count(), 1);
}

std::string name_of(const testing::TestParamInfo<lifetimes::ParamType>& tested) {
  std::string out;
  for (const std::size_t each : std::get<0>(tested.param))
    out += std::string(participants[each]) + "_";
  return out + (std::get<1>(tested.param) ? "slowly" : "at_once");
}

INSTANTIATE_TEST_SUITE_P(order, lifetimes, testing::Combine(testing::ValuesIn(all_orders()), testing::Bool()), name_of);

} // namespace
} // namespace shardbridge::tests
