// Goal: every check of the soak fails when it should, and only then. Method: each is given what it must and must not
// find.
#include "../decisions/audit.hpp"
#include "../decisions/errors.hpp"
#include "../decisions/findings.hpp"
#include "../decisions/growth.hpp"
#include "../decisions/ledger.hpp"
#include "../decisions/steps.hpp"
#include "../decisions/watchdog.hpp"

#include <shardbridge/errc.hpp>
#include <shardbridge/error.hpp>

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <gtest/gtest.h>

#include <random_faults.hpp>

#include <cerrno>
#include <set>

namespace shardbridge::soak {
namespace {

using namespace std::chrono_literals;
using boost::system::error_code;

std::string first_of(const std::vector<std::string>& all) {
  return all.empty() ? "" : all.front();
}

TEST(a_ledger, balances_when_all_has_ended_once) {
  ledger book;
  ticket one(book, kind::read), two(book, kind::write);
  EXPECT_EQ(first_of(unbalanced(book.read())), "read: 1 begun, but 0 ended");
  one.end(outcome::ok);
  ticket moved(std::move(two));
  moved.end(outcome::timed_out);
  EXPECT_EQ(unbalanced(book.read()).size(), 0U);
  EXPECT_EQ(book.read()[static_cast<std::size_t>(kind::write)].of(outcome::timed_out), 1U);
}

TEST(a_ledger, tells_of_a_lost_completion) {
  ledger book;
  ticket(book, kind::nop).lose();
  EXPECT_EQ(first_of(unbalanced(book.read())), "nop: 1 begun, but 0 ended");
}

TEST(a_ledger, tells_of_a_handler_called_twice) {
  ledger book;
  ticket one(book, kind::copy);
  one.end(outcome::ok);
  one.end(outcome::ok);
  EXPECT_EQ(first_of(unbalanced(book.read())), "copy: 1 handlers called again");
  ticket two(book, kind::sync);
  ticket moved(std::move(two));
  moved.end(outcome::ok);
  two.end(outcome::ok); // NOLINT(bugprone-use-after-move): as a handler that was moved from would be
  EXPECT_EQ(unbalanced(book.read()).size(), 2U);
}

TEST(a_ledger, tells_of_a_handler_that_was_never_called) {
  ledger book;
  { const ticket lost(book, kind::call); }
  EXPECT_EQ(first_of(unbalanced(book.read())), "call: 1 ended without being told");
  ledger other;
  { const ticket with_its_context(other, kind::doomed); }
  EXPECT_EQ(unbalanced(other.read()).size(), 0U);
}

TEST(a_ledger, tells_of_what_nothing_explains) {
  ledger book;
  ticket(book, kind::path).end(outcome::wrong);
  EXPECT_EQ(first_of(unbalanced(book.read())), "path: 1 ended as nothing explains");
}

TEST(a_watchdog, barks_at_a_kind_that_does_not_move) {
  watchdog dog(10s);
  ledger book;
  ticket stuck(book, kind::copy);
  const watchdog::clock::time_point begin{};
  EXPECT_FALSE(dog.look(book.read(), begin));
  EXPECT_FALSE(dog.look(book.read(), begin + 10s));
  EXPECT_EQ(dog.look(book.read(), begin + 11s), kind::copy);
  stuck.end(outcome::ok);
  EXPECT_FALSE(dog.look(book.read(), begin + 12s));
}

TEST(a_watchdog, is_quiet_while_something_ends_or_nothing_is_under_way) {
  watchdog dog(10s);
  ledger book;
  const watchdog::clock::time_point begin{};
  const ticket slow(book, kind::call);
  for (int each = 0; each < 10; ++each) {
    EXPECT_FALSE(dog.look(book.read(), begin + each * 9s));
    ticket(book, kind::call).end(outcome::ok);
  }
  ledger idle;
  watchdog other(10s);
  EXPECT_FALSE(other.look(idle.read(), begin));
  EXPECT_FALSE(other.look(idle.read(), begin + 100s));
  const ticket late(idle, kind::read);
  EXPECT_FALSE(other.look(idle.read(), begin + 105s)) << "it was begun since";
}

std::vector<memory_sample> samples(std::initializer_list<std::uint64_t> mebibytes,
                                   std::uint64_t memory_sample::*which) {
  std::vector<memory_sample> out;
  for (const std::uint64_t each : mebibytes)
    out.emplace_back().*which = each << 20;
  return out;
}

TEST(growth, is_found_in_heap_and_in_resident_memory) {
  EXPECT_EQ(growth_in(samples({1, 10, 13, 16, 19, 22, 25, 28}, &memory_sample::heap), {}).value_or(""),
            "the heap in use has grown from 13.0 MiB to 25.0 MiB, by more than 8.0 MiB");
  EXPECT_TRUE(growth_in(samples({1, 10, 20, 30, 40, 50, 60, 70}, &memory_sample::rss), {}).has_value());
  EXPECT_TRUE(growth_in(samples({1, 10, 10, 10, 60, 60}, &memory_sample::rss), {}).has_value()) << "in one step";
}

TEST(growth, is_not_what_warms_up_or_comes_and_goes) {
  EXPECT_FALSE(growth_in(samples({1, 90, 100, 100, 101, 100, 102, 101}, &memory_sample::rss), {}));
  EXPECT_FALSE(growth_in(samples({50, 50, 50, 50, 50, 50, 50, 90}, &memory_sample::rss), {})) << "one peak";
  EXPECT_FALSE(growth_in(samples({50, 500, 20, 30}, &memory_sample::rss), {})) << "a peak at the beginning";
  EXPECT_FALSE(growth_in(samples({1, 2, 300}, &memory_sample::rss), {})) << "too few to tell";
  EXPECT_FALSE(growth_in({}, {}));
}

TEST(an_audit, finds_each_number_that_does_not_come_out_even) {
  EXPECT_EQ(fault_in("b", bridge_stats{.accepted = 7, .completed = 7}).size(), 0U);
  EXPECT_EQ(first_of(fault_in("b", bridge_stats{.accepted = 7, .completed = 6})), "bridge b: completed is 6, not 7");
  for (const bridge_stats& each :
       {bridge_stats{.refused = 1}, {.ops = 1}, {.bytes = 1}, {.waiting = 1}, {.level = pressure_level::throttled}})
    EXPECT_EQ(fault_in("b", each).size(), 1U);
  EXPECT_EQ(fault_in(std::vector<shard_stats>(2)).size(), 0U);
  for (const shard_stats& each : {shard_stats{.requests = 1},
                                  {.cq_overflow = 1},
                                  {.in_flight = 1},
                                  {.backlog = 1},
                                  {.quarantined = 1},
                                  {.tasks = 1}}) {
    const std::vector<shard_stats> two{shard_stats{}, each};
    const auto found = fault_in(two);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found.front().find("shard 1: "), 0U);
  }
  EXPECT_EQ(fault_in(notifier_stats{.accepted = 3, .called = 3}).size(), 0U);
  for (const notifier_stats& each :
       {notifier_stats{.accepted = 1}, {.destroyed = 1}, {.outstanding = 1}, {.waiting = 1}})
    EXPECT_EQ(fault_in(each).size(), 1U);
}

TEST(an_answer, must_be_explained_by_what_the_operation_can_meet) {
  const error_code aborted = boost::asio::error::operation_aborted;
  const error_code full = make_error_code(errc::no_room), late = make_error_code(errc::expired_queued),
                   over = make_error_code(errc::stopped), unknown = make_error_code(errc::outcome_unknown),
                   broken{EIO, boost::system::system_category()}, other{ENOENT, boost::system::system_category()};
  EXPECT_EQ(outcome_of(error_code(), {}), outcome::ok);
  for (const error_code& each : {aborted, full, late, over, unknown, broken, other})
    EXPECT_EQ(outcome_of(each, {}), outcome::wrong) << each;
  EXPECT_EQ(outcome_of(aborted, {.early = true}), outcome::cancelled);
  EXPECT_EQ(outcome_of(unknown, {.early = true}), outcome::cancelled);
  EXPECT_EQ(outcome_of(late, {.early = true}), outcome::timed_out);
  EXPECT_EQ(outcome_of(full, {.refusals = true}), outcome::rejected);
  EXPECT_EQ(outcome_of(over, {.stops = true}), outcome::stopped);
  EXPECT_EQ(outcome_of(broken, {.faults = true}), outcome::injected);
  const expectation all{.early = true, .faults = true, .refusals = true, .stops = true};
  EXPECT_EQ(outcome_of(other, all), outcome::wrong);
  EXPECT_EQ(outcome_of(make_error_code(errc::shard_failed), all), outcome::wrong);
  EXPECT_EQ(outcome_of(make_error_code(errc::misaligned), all), outcome::wrong);
  EXPECT_EQ(outcome_of(error_code(ETIMEDOUT, boost::system::system_category()), all), outcome::wrong);
  EXPECT_EQ(outcome_of(std::make_exception_ptr(boost::system::system_error(late)), {.early = true}),
            outcome::timed_out);
  EXPECT_EQ(outcome_of(std::make_exception_ptr(1), all), outcome::wrong);
  EXPECT_EQ(outcome_of(std::exception_ptr(), {}), outcome::ok);
}

TEST(an_answer, tells_what_became_of_a_write) {
  const error_code broken{EIO, boost::system::system_category()};
  EXPECT_EQ(fate_of({}, 8, 8, true), fate::done);
  EXPECT_EQ(fate_of({}, 7, 8, true), fate::unknown);
  EXPECT_EQ(fate_of(broken, 0, 8, true), fate::unknown);
  EXPECT_EQ(fate_of(make_error_code(errc::expired_queued), 0, 8, true), fate::not_done);
  EXPECT_EQ(fate_of(make_error_code(errc::no_room), 0, 8, true), fate::not_done);
  EXPECT_EQ(fate_of(boost::asio::error::operation_aborted, 0, 8, true), fate::not_done);
  EXPECT_EQ(fate_of(boost::asio::error::operation_aborted, 4, 8, true), fate::unknown);
  EXPECT_EQ(fate_of(make_error_code(errc::expired_in_flight), 0, 8, true), fate::unknown);
  EXPECT_EQ(fate_of(make_error_code(errc::expired_in_flight), 0, 8, false), fate::late);
}

TEST(findings, are_all_counted_and_some_kept) {
  findings all;
  for (std::size_t each = 0; each < findings::most_kept + 5; ++each)
    all.add("sentence " + std::to_string(each));
  EXPECT_EQ(all.count(), findings::most_kept + 5);
  EXPECT_EQ(all.kept().size(), findings::most_kept);
  EXPECT_EQ(all.kept().front(), "sentence 0");
}

TEST(steps, are_the_same_again_with_the_same_seed_alone) {
  const auto drawn = [](std::uint64_t seed, std::uint64_t worker) {
    std::vector<std::uint64_t> out;
    for (std::uint64_t step = 0; step < 100; ++step) {
      dice chance(seed, worker, step);
      const file_plan plan = draw_file_step(chance, 6);
      EXPECT_LE(plan.first + plan.count, 6U);
      EXPECT_GE(plan.count, 1U);
      out.push_back(static_cast<std::uint64_t>(plan.what) << 32 | plan.first << 8 | plan.count);
    }
    return out;
  };
  EXPECT_EQ(drawn(1, 2), drawn(1, 2));
  EXPECT_NE(drawn(1, 2), drawn(1, 3));
  EXPECT_NE(drawn(1, 2), drawn(2, 2));
}

TEST(steps, come_in_every_kind) {
  std::set<file_step> steps;
  std::set<ending> endings;
  for (std::uint64_t step = 0; step < 2000; ++step) {
    dice chance(7, 1, step);
    const file_plan plan = draw_file_step(chance, 6);
    steps.insert(plan.what);
    endings.insert(plan.early);
  }
  EXPECT_EQ(steps.size(), 10U);
  EXPECT_EQ(endings.size(), 4U);
}

TEST(faults, meet_as_many_requests_as_asked_for) {
  using namespace fixtures;
  constexpr std::uint32_t requests = 200'000;
  for (const fuse_op op : {fuse_op::read, fuse_op::write, fuse_op::fsync}) {
    std::array<std::uint32_t, random_fault_count> met{};
    for (std::uint32_t each = 0; each < requests; ++each) {
      const met_fault drawn = draw_fault(5, op, each, 10'000);
      ++met[static_cast<std::size_t>(drawn.which)];
      const fuse_fault none;
      EXPECT_EQ(drawn.which == random_fault::none,
                drawn.how.error == 0 && drawn.how.delay == none.delay && drawn.how.at_most == none.at_most);
      EXPECT_GT(drawn.how.at_most, 0U) << "nothing would ever move";
    }
    EXPECT_NEAR(requests - met[0], 2000, 300);
    EXPECT_EQ(met[static_cast<std::size_t>(random_fault::cut_short)] > 0, op != fuse_op::fsync);
    EXPECT_EQ(met[static_cast<std::size_t>(random_fault::enospc)] > 0, op == fuse_op::write);
    EXPECT_GT(met[static_cast<std::size_t>(random_fault::hang)], 0U);
  }
  EXPECT_EQ(draw_fault(5, fuse_op::read, 1, 0).which, random_fault::none);
  EXPECT_NE(draw_fault(5, fuse_op::read, 1, 1'000'000).which, random_fault::none);
}

} // namespace
} // namespace shardbridge::soak
