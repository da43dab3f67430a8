// Goal: every way to cancel reaches an operation at every stage, and its outcome says it was the user. Method: a read
// that never ends, waiting for a permit, queued on its shard, or in the kernel, cancelled by each means.
#include "support/stuck_reads.hpp"

#include <stop_token>
#include <tuple>

namespace shardbridge::tests {
namespace {

enum class stage { waiting, queued, in_flight };
enum class means { terminal, partial, total, stop_token, file_cancel, file_close };

constexpr std::array stage_names{"waiting", "queued", "in_flight"};
constexpr std::array means_names{"terminal", "partial", "total", "stop_token", "file_cancel", "file_close"};

class cancellation : public testing::TestWithParam<std::tuple<stage, means, timeout_mode>> {
 protected:
  void hold_up() {
    const auto [at, by, mode] = GetParam();
    all.emplace(shard_group_options{.ring_entries = at == stage::queued ? 3U : 64U, .timeout_mode = mode},
                bridge_options{.max_ops = at == stage::waiting ? 2U : 64U});
    stuck.emplace(all->link);
    file.emplace(all->link, stuck->pipe.path(), open_flags::read_write);
    if (at != stage::in_flight) {
      stuck->start();
      stuck->start();
      ASSERT_TRUE(all->wait_in_flight(2));
    }
  }
  void cancel() {
    switch (std::get<means>(GetParam())) {
    case means::terminal:
      return signal.emit(asio::cancellation_type::terminal);
    case means::partial:
      return signal.emit(asio::cancellation_type::partial);
    case means::total:
      return signal.emit(asio::cancellation_type::total);
    case means::stop_token:
      return std::thread([this] { source.request_stop(); }).join();
    case means::file_cancel:
      return std::thread([this] { file->cancel(); }).join();
    case means::file_close:
      return file->close();
    }
  }

  std::string buffer = std::string(10, '\0');
  asio::cancellation_signal signal;
  std::stop_source source;
  outcome read;
  std::optional<service> all;
  std::optional<stuck_reads> stuck;
  std::optional<random_access_file> file;
};

TEST_P(cancellation, reaches_it) {
  hold_up();
  const op_options options{.timeout = 1h, .stop_token = source.get_token()};
  file->async_read_some_at(0, asio::buffer(buffer), options,
                           asio::bind_cancellation_slot(signal.slot(), read.handler()));
  if (std::get<stage>(GetParam()) == stage::in_flight) {
    ASSERT_TRUE(all->wait_in_flight(1));
  }
  if (std::get<stage>(GetParam()) == stage::waiting) {
    EXPECT_EQ(all->link.stats().waiting, 1U);
  }
  const std::uint64_t submitted = all->submissions();
  EXPECT_EQ(read.calls, 0);
  cancel();
  EXPECT_EQ(read.calls, 0) << "a handler runs on its executor, not inside the call that cancels";
  EXPECT_TRUE(all->run_until([&] { return read.calls > 0; }));
  EXPECT_TRUE(read.failed_with(asio::error::operation_aborted)) << read;
  EXPECT_EQ(read.value, 0U);
  EXPECT_EQ(all->submissions(), submitted);
  for (const outcome& each : stuck->outcomes)
    EXPECT_EQ(each.calls, 0) << "the others are left alone";

  cancel(); // is over, and hits nobody
  stuck->pipe.write("xx");
  EXPECT_TRUE(all->finish());
  for (const outcome& each : stuck->outcomes)
    EXPECT_TRUE(each.succeeded()) << each;
  EXPECT_EQ(read.calls, 1);
  expect_balanced(all->link.stats());
}

std::string name_of(const testing::TestParamInfo<cancellation::ParamType>& tested) {
  const auto [at, by, mode] = tested.param;
  return std::string(stage_names[static_cast<std::size_t>(at)]) + "_" + means_names[static_cast<std::size_t>(by)] +
         (mode == timeout_mode::linked ? "_linked" : "_timer");
}

INSTANTIATE_TEST_SUITE_P(by, cancellation,
                         testing::Combine(testing::Values(stage::waiting, stage::queued, stage::in_flight),
                                          testing::Values(means::terminal, means::partial, means::total,
                                                          means::stop_token, means::file_cancel, means::file_close),
                                          testing::Values(timeout_mode::linked, timeout_mode::timer)),
                         name_of);

} // namespace
} // namespace shardbridge::tests
