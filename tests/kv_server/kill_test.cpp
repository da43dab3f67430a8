// Goal: no acknowledged write is lost when the server is killed under load. Method: kill_load.hpp, a few times; the
// program kv_server_kill_runs does it more often.
#include "kill_load.hpp"

#include "seed.hpp"
#include "temporary_folder.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace kv_server {
namespace {

class Kill : public testing::TestWithParam<std::string> {};

TEST_P(Kill, LosesNothingThatWasAcknowledged) {
  const std::uint64_t seed = shardbridge::detail::test_seed();
  TRACE_SEED(seed);
  const shardbridge::fixtures::temporary_folder folder;
  const std::vector<std::string> arguments{"--network",       GetParam(), "--shards",        "2",
                                           "--segment-bytes", "128K",     "--garbage-ratio", "0.3"};
  kill_load load(folder.path() / "data", arguments, seed);
  const kill_load::report report = load.run(10);
  EXPECT_EQ(report.kills, 10);
  EXPECT_GT(report.acknowledged, 0);
  for (const std::string& each : report.losses)
    ADD_FAILURE() << each;
}

INSTANTIATE_TEST_SUITE_P(Networks, Kill, testing::Values("asio", "shards"),
                         [](const auto& each) { return each.param; });

} // namespace
} // namespace kv_server
