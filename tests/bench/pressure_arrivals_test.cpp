// Goal: an open loop offers as much as it should, at random moments, and neither waits for what it offered before nor
// hides that it came late. Method: long series of arrivals; producers on a context that is run by hand.

#include "common/arrivals.hpp"
#include "pressure/producer.hpp"

#include <boost/asio/io_context.hpp>

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace shardbridge::bench {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

TEST(arrivals, come_at_the_rate_and_in_order_until_the_end) {
  const auto begin = clock::now();
  arrivals due(begin, begin + 10s, 20'000, 1);
  unsigned count = 0;
  for (auto last = begin; !due.over(); due.advance(), ++count) {
    EXPECT_GE(due.next(), last);
    EXPECT_LT(due.next(), begin + 10s);
    last = due.next();
  }
  EXPECT_NEAR(count, 200'000, 5 * 447) << "more than five standard deviations off";
}

TEST(arrivals, are_a_poisson_process) {
  const auto begin = clock::now();
  arrivals due(begin, begin + 100s, 1000, 7);
  // Of exponential intervals the standard deviation is the mean, and the share 1/e is longer than that.
  double sum = 0;
  double squares = 0;
  unsigned longer = 0;
  unsigned count = 0;
  for (auto last = begin; !due.over(); due.advance(), ++count) {
    const double interval = std::chrono::duration<double, std::milli>(due.next() - last).count();
    last = due.next();
    sum += interval;
    squares += interval * interval;
    if (interval > 1) ++longer;
  }
  const double mean = sum / count;
  EXPECT_NEAR(std::sqrt(squares / count - mean * mean), 1, 0.03);
  EXPECT_NEAR(static_cast<double>(longer) / count, 0.3679, 0.01);
}

TEST(arrivals, may_be_all_alike) {
  const auto begin = clock::now();
  arrivals due(begin, begin + 1s, 3, 7, spacing::even);
  for (int i = 1; i != 3; ++i, due.advance())
    EXPECT_NEAR(std::chrono::duration<double>(due.next() - begin).count(), i / 3.0, 1e-8);
  due.advance();
  EXPECT_TRUE(due.over());
}

TEST(arrivals, depend_on_the_seed_alone) {
  const auto begin = clock::now();
  arrivals a(begin, begin + 1s, 1000, 1);
  arrivals b(begin, begin + 1s, 1000, 1);
  arrivals other(begin, begin + 1s, 1000, 2);
  unsigned same = 0;
  for (; !a.over() && !other.over(); a.advance(), b.advance(), other.advance()) {
    EXPECT_EQ(a.next(), b.next());
    if (a.next() == other.next()) ++same;
  }
  EXPECT_LT(same, 5U);
}

TEST(arrivals, may_be_closer_than_a_nanosecond) {
  const auto begin = clock::now();
  arrivals due(begin, begin + 1us, 1e12, 1);
  unsigned count = 0;
  for (; !due.over(); due.advance())
    ++count;
  EXPECT_NEAR(count, 1'000'000, 5000);
}

/// A producer on a context, and what it offers.
struct fixture {
  boost::asio::io_context context;
  std::atomic<bool> stopped{false};
  countdown running;
  std::vector<clock::time_point> offered;
  using producer_type = producer<boost::asio::io_context::executor_type>;

  producer_type make(arrivals due, producer_type::offer_function offer) {
    running.start(1);
    return {context.get_executor(), due, std::move(offer), stopped, running};
  }
  producer_type make(arrivals due) {
    return make(due, [this](clock::time_point intended) { offered.push_back(intended); });
  }
};

TEST(producer, offers_what_falls_due_when_it_does) {
  fixture f;
  const auto begin = clock::now();
  auto tested = f.make(arrivals(begin, begin + 50ms, 2000, 3), [&](clock::time_point intended) {
    EXPECT_GE(clock::now(), intended) << "too early";
    f.offered.push_back(intended);
  });
  tested.start();
  f.context.run();
  f.running.wait();
  arrivals expected(begin, begin + 50ms, 2000, 3);
  for (const auto intended : f.offered) {
    EXPECT_EQ(intended, expected.next());
    expected.advance();
  }
  EXPECT_FALSE(f.offered.empty());
}

TEST(producer, catches_up_without_forgetting_when_it_should_have_been) {
  fixture f;
  const auto begin = clock::now();
  auto tested = f.make(arrivals(begin, begin + 1h, 10'000, 3));
  tested.start();
  std::this_thread::sleep_for(20ms); // nobody runs the context
  for (int i = 0; i != 100 && f.offered.size() < 150; ++i)
    f.context.run_one();
  EXPECT_GE(f.offered.size(), 150U);
  EXPECT_LT(f.offered.front(), begin + 10ms);
  f.stopped = true;
  f.context.run();
  f.running.wait();
}

TEST(producer, lets_handlers_have_their_turn_between_bursts) {
  fixture f;
  std::size_t offered_before_handler = 0;
  const auto begin = clock::now() - 1s; // thousands are due at once
  auto tested = f.make(arrivals(begin, begin + 1h, 10'000, 3), [&](clock::time_point intended) {
    f.offered.push_back(intended);
    if (f.offered.size() == 1) boost::asio::post(f.context, [&] { offered_before_handler = f.offered.size(); });
  });
  tested.start();
  while (offered_before_handler == 0)
    f.context.run_one();
  EXPECT_LE(offered_before_handler, 64U);
  f.stopped = true;
  f.context.run();
  f.running.wait();
}

TEST(producer, ends_in_time_though_it_is_late) {
  fixture f;
  const auto begin = clock::now() - 1s;
  auto tested = f.make(arrivals(begin, begin + 1s, 1e6, 3));
  tested.start();
  f.context.run();
  f.running.wait();
  EXPECT_TRUE(f.offered.empty()) << "the time was over before it began";
}

TEST(producer, hands_on_what_an_offer_throws) {
  fixture f;
  const auto begin = clock::now();
  auto tested = f.make(arrivals(begin, begin + 1h, 1e6, 3), [](clock::time_point) { throw std::bad_alloc(); });
  tested.start();
  f.context.run();
  EXPECT_THROW(f.running.wait(), std::bad_alloc);
}

} // namespace
} // namespace shardbridge::bench
