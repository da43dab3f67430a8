// Goal: on a real shard, requests of bridges, the shard's own operations and its tasks, each with more to do than there
// is time for, all go on. Method: crowds of all three at once, and of every two; each must have made progress in every
// interval of a run, counted by what the others did meanwhile, so that a slow machine changes nothing.
#include "support/service.hpp"

#include <temporary_folder.hpp>

#include <algorithm>
#include <array>

namespace shardbridge::tests {
namespace {

constexpr int intervals = 20;

/// What each of the three has done so far.
struct progress {
  std::atomic<std::uint64_t> requests = 0, own = 0, tasks = 0;
};

class crowds {
 public:
  explicit crowds(progress& done)
      : done_(done), file_(all_.link, folder_.make_file("file", 4096), open_flags::read_only) {}
  ~crowds() {
    over_ = true;
    EXPECT_TRUE(all_.finish());
  }
  crowds(const crowds&) = delete;
  crowds& operator=(const crowds&) = delete;

  /// More than there are slots, so that they wait for each other.
  void read_for_ever() {
    for (int each = 0; each < 64; ++each)
      read();
  }
  void submit_for_ever() {
    for (int each = 0; each < 64; ++each)
      async_call(
          all_.link, 0,
          [this](shard& on) -> task<> {
            for (; !over_; ++done_.own)
              co_await on.nop();
          },
          asio::detached);
  }
  void compute_for_ever() {
    for (int each = 0; each < 4; ++each)
      async_call(
          all_.link, 0,
          [this](shard& on) -> task<> {
            for (; !over_; ++done_.tasks)
              co_await on.yield();
          },
          asio::detached);
  }
  template <class Done>
  [[nodiscard]] bool run_until(Done done) {
    return all_.run_until(done);
  }

 private:
  void read() {
    file_.async_read_some_at(0, asio::buffer(buffer_), [this](const error_code&, std::size_t) {
      ++done_.requests;
      if (!over_) read();
    });
  }

  progress& done_;
  std::atomic<bool> over_ = false;
  const fixtures::temporary_folder folder_;
  service all_{{.ring_entries = 8}};
  random_access_file file_;
  std::array<char, 8> buffer_{};
};

/// Each of `who` goes on, again and again.
void expect_progress(crowds& all, const std::vector<const std::atomic<std::uint64_t>*>& who) {
  for (int interval = 0; interval < intervals; ++interval) {
    std::vector<std::uint64_t> before;
    for (const auto* each : who)
      before.push_back(*each);
    ASSERT_TRUE(all.run_until([&] {
      for (std::size_t each = 0; each < who.size(); ++each)
        if (*who[each] < before[each] + 10) return false;
      return true;
    })) << "starved";
  }
}

TEST(fairness, of_requests_and_own_operations) {
  progress done;
  crowds all(done);
  all.read_for_ever();
  all.submit_for_ever();
  expect_progress(all, {&done.requests, &done.own});
  // Slots come free for one as often as for the other: a request that finds its file in the page cache ends at once, as
  // a nop does.
  const std::uint64_t requests = done.requests, own = done.own;
  ASSERT_TRUE(all.run_until([&] { return done.requests - requests > 1000 && done.own - own > 1000; }));
}

TEST(fairness, of_requests_and_tasks) {
  progress done;
  crowds all(done);
  all.read_for_ever();
  all.compute_for_ever();
  expect_progress(all, {&done.requests, &done.tasks});
}

TEST(fairness, of_own_operations_and_tasks) {
  progress done;
  crowds all(done);
  all.submit_for_ever();
  all.compute_for_ever();
  expect_progress(all, {&done.own, &done.tasks});
}

TEST(fairness, of_all_three) {
  progress done;
  crowds all(done);
  all.read_for_ever();
  all.submit_for_ever();
  all.compute_for_ever();
  expect_progress(all, {&done.requests, &done.own, &done.tasks});
}

} // namespace
} // namespace shardbridge::tests
