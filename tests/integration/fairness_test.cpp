// Goal: where slots are scarce every bridge has its turn, however many operations another has, and so has each
// priority. Method: a crowd of reads that never pauses and, beside it, one read at a time, on a small ring; the shard
// is held until the whole crowd has come. Every read notes when the shard took it and when it went to the kernel;
// counted is how many of the crowd went between the two, which is the shard's order and does not depend on how fast
// anybody is.
#include "support/service.hpp"

#include <temporary_folder.hpp>

#include <algorithm>
#include <deque>
#include <functional>
#include <semaphore>

namespace shardbridge::tests {
namespace {

constexpr std::size_t crowd_size = 512;
constexpr std::size_t rounds = 100;
/// The crowd starts no more reads then.
constexpr std::size_t crowd_limit = 500'000;

/// Reads, and when it has been answered reads again.
class reader {
 public:
  reader(random_access_file& file, priority which, std::function<bool(const op_times&)> goes_on)
      : file_(file), goes_on_(std::move(goes_on)) {
    options_.priority = which;
    options_.times = &times_;
  }
  void read() {
    file_.async_read_some_at(0, asio::buffer(buffer_), options_, [this](const error_code& failed, std::size_t) {
      EXPECT_FALSE(failed) << failed.message();
      if (goes_on_(times_)) read();
    });
  }

 private:
  random_access_file& file_;
  const std::function<bool(const op_times&)> goes_on_;
  op_times times_;
  op_options options_;
  std::array<char, 64> buffer_{};
};

/// Whose reads they are.
struct side {
  bridge& link;
  shardbridge::priority priority = priority::normal;
};

class measurement {
 public:
  measurement(service& all, const std::string& path, side crowd, side one)
      : file_of_crowd_(crowd.link, path, open_flags::read_only), file_of_one_(one.link, path, open_flags::read_only) {
    const auto of_crowd = [this](const op_times& times) {
      crowd_.push_back(times);
      return ones_.size() < rounds && crowd_.size() < crowd_limit;
    };
    const auto of_one = [this](const op_times& times) {
      ones_.push_back(times);
      return ones_.size() < rounds;
    };
    std::binary_semaphore held(0), come(0);
    async_call(
        all.link, 0,
        [&](shard&) {
          held.release();
          come.acquire();
        },
        asio::detached);
    held.acquire();
    for (std::size_t each = 0; each < crowd_size; ++each)
      readers_.emplace_back(file_of_crowd_, crowd.priority, of_crowd).read();
    readers_.emplace_back(file_of_one_, one.priority, of_one).read();
    come.release();
    EXPECT_TRUE(all.finish());
    EXPECT_EQ(ones_.size(), rounds);
    EXPECT_LT(crowd_.size(), crowd_limit);
    std::ranges::sort(crowd_, {}, &op_times::submitted);
  }

  /// How many of the crowd went while one waited, at the worst.
  [[nodiscard]] std::ptrdiff_t most_before_one() const {
    std::ptrdiff_t most = 0;
    for (const op_times& each : ones_)
      most = std::max(most, behind(each.submitted) - behind(each.taken));
    return most;
  }
  /// How many of the crowd had come earlier and went later than one, in all.
  [[nodiscard]] std::size_t overtaken() const {
    std::size_t count = 0;
    for (const op_times& each : ones_) {
      const auto from = behind(each.submitted);
      const auto came_earlier = [&](const op_times& other) { return other.taken < each.taken; };
      count += static_cast<std::size_t>(
          std::count_if(from, from + std::min<std::ptrdiff_t>(crowd_size, crowd_.end() - from), came_earlier));
    }
    return count;
  }

 private:
  std::vector<op_times>::const_iterator behind(std::chrono::steady_clock::time_point when) const {
    return std::ranges::upper_bound(crowd_, when, {}, &op_times::submitted);
  }

  std::vector<op_times> crowd_, ones_;
  std::deque<reader> readers_;
  random_access_file file_of_crowd_, file_of_one_;
};

/// Regular files, and one whose reads may wait for ever, as far as anybody knows.
class fairness : public testing::TestWithParam<bool> {
 protected:
  const fixtures::temporary_folder folder;
  const std::string path = GetParam() ? folder.make_file("file", 64) : "/dev/zero";
  service all{{.ring_entries = 8}};
};

TEST_P(fairness, one_read_of_a_bridge_waits_for_one_of_another_bridge_and_not_for_its_512) {
  bridge second(all.context, all.group);
  const measurement seen(all, path, {all.link}, {second});
  EXPECT_LE(seen.most_before_one(), 1);
  EXPECT_GT(seen.overtaken(), 0U) << "nobody had to wait for a slot";
}

TEST_P(fairness, high_priority_overtakes) {
  const measurement seen(all, path, {all.link}, {all.link, priority::high});
  EXPECT_LE(seen.most_before_one(), 1);
  EXPECT_GT(seen.overtaken(), 0U) << "nobody had to wait for a slot";
}

TEST_P(fairness, high_priority_of_another_bridge_overtakes) {
  bridge second(all.context, all.group);
  const measurement seen(all, path, {all.link}, {second, priority::high});
  EXPECT_LE(seen.most_before_one(), 1);
  EXPECT_GT(seen.overtaken(), 0U) << "nobody had to wait for a slot";
}

TEST_P(fairness, high_priority_without_pause_lets_normal_ones_go_on) {
  const measurement seen(all, path, {all.link, priority::high}, {all.link});
  EXPECT_LE(seen.most_before_one(), 7);
  EXPECT_GT(seen.overtaken(), 0U) << "nobody had to wait for a slot";
}

INSTANTIATE_TEST_SUITE_P(of_reads, fairness, testing::Bool(), [](const auto& tested) {
  return std::string(tested.param ? "of_regular_files" : "of_other_files");
});

} // namespace
} // namespace shardbridge::tests
