// Goal: whatever the two sides do, sleep, look or work, every item arrives once and no wake is lost.
// Method: operations go round between producer threads and one consumer over the library's own lanes and wakes, in
// batches of random size, with random pauses at both ends; each counts its passages at both ends. A watchdog turns
// progress that has stopped into a failure, and prints the words of both sides.
#include <bridge/connection.hpp>
#include <bridge/look_again.hpp>

#include <CLI/CLI.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <memory>
#include <random>
#include <thread>
#include <vector>

#include <poll.h>

namespace {

using namespace shardbridge::detail;

struct options {
  std::uint64_t items = 1'000'000'000;
  unsigned producers = 2;
  unsigned window = 512; ///< operations that each producer has under way
  std::uint64_t seed = std::random_device()();
};

class item final : public operation {
 public:
  item() : operation(shardbridge::detail::op_code::nop, nullptr) {}
  std::uint64_t there = 0; ///< times the consumer had it
  std::uint64_t back = 0;  ///< times its producer had it back
};

using dice = std::minstd_rand;

/// Now and then, for a time that lets the other side run dry, go to sleep, or be about to.
void pause_at_random(dice& chance) {
  if (chance() % 512 != 0) return;
  const auto length = std::chrono::nanoseconds(chance() % 100'000);
  if (chance() % 2 == 0) {
    std::this_thread::sleep_for(length / 4);
  } else {
    const std::int64_t until = steady_now() + length.count() / 4;
    while (steady_now() < until)
      relax();
  }
}

/// Sleeps as the library's sides do: looks again at times, arms, waits for the eventfd, disarms.
void rest(wake_side& own, std::uint32_t seen, dice& chance) {
  const auto came = [&] { return own.word().observe() != seen; };
  const std::int64_t now = steady_now();
  if (chance() % 2 == 0 && look_again(now, now + static_cast<std::int64_t>(chance() % 20'000), came)) return;
  if (own.word().try_arm(seen) != wake_word::armed::asleep) return;
  pollfd readable{own.event().get(), POLLIN, 0};
  ::poll(&readable, 1, -1);
  own.event().drain();
  static_cast<void>(own.word().disarm(seen));
}

struct producer {
  producer(std::shared_ptr<wake_side> consumer, unsigned window)
      : wake(std::make_shared<wake_side>()), joined(wake_pair{std::move(consumer), wake}, window), items(window) {}

  std::shared_ptr<wake_side> wake;
  connection joined;
  std::deque<item> items;
  std::atomic<std::uint64_t> returned = 0;

  void run(std::uint64_t total, std::uint64_t seed) {
    dice chance(static_cast<dice::result_type>(seed));
    std::vector<item*> mine;
    for (item& each : items)
      mine.push_back(&each);
    std::uint64_t sent = 0;
    while (returned.load(std::memory_order_relaxed) < total) {
      const std::uint32_t seen = wake->word().observe();
      std::array<operation*, 64> came{};
      const std::size_t count = joined.replies.pop(came);
      for (operation* const each : std::span(came).first(count)) {
        item& one = static_cast<item&>(*each);
        if (++one.back != one.there) fail("an item came back more often than it was sent");
        mine.push_back(&one);
      }
      returned.fetch_add(count, std::memory_order_relaxed);
      const bool pushed = push_some(mine, sent, total, chance);
      pause_at_random(chance);
      if (count == 0 && !pushed) rest(*wake, seen, chance);
    }
  }

  [[noreturn]] static void fail(const char* sentence) {
    std::fprintf(stderr, "lanes_soak: %s\n", sentence);
    std::_Exit(EXIT_FAILURE);
  }

 private:
  bool push_some(std::vector<item*>& mine, std::uint64_t& sent, std::uint64_t total, dice& chance) {
    std::array<lane_item, 64> batch;
    std::size_t count = 0;
    for (std::size_t most = 1 + chance() % batch.size(); count < most && !mine.empty() && sent < total; ++sent) {
      batch[count++] = {*mine.back(), lane_item::meaning::request};
      mine.pop_back();
    }
    if (count == 0) return false;
    joined.requests.push(std::span<const lane_item>(batch).first(count));
    joined.wakes.consumer_wake->publish();
    return true;
  }
};

void consume(wake_side& own, std::deque<producer>& producers, std::uint64_t total, std::uint64_t seed) {
  dice chance(static_cast<dice::result_type>(seed));
  for (std::uint64_t consumed = 0; consumed < total;) {
    const std::uint32_t seen = own.word().observe();
    std::size_t found = 0;
    for (producer& from : producers) {
      std::array<lane_item, 64> came;
      const std::size_t count = from.joined.requests.pop(came);
      if (count == 0) continue;
      std::array<operation*, 64> back{};
      for (std::size_t each = 0; each < count; ++each) {
        item& one = static_cast<item&>(came[each].op());
        if (one.there++ != one.back) producer::fail("an item arrived twice");
        back[each] = &one;
      }
      if (!from.joined.replies.push(std::span(back).first(count))) producer::fail("no memory for replies");
      from.wake->publish();
      found += count;
    }
    consumed += found;
    pause_at_random(chance);
    if (found == 0) rest(own, seen, chance);
  }
}

/// Returns when all are back. A lost wake stops everything, however short the pauses.
void watch(wake_side& consumer, const std::deque<producer>& producers, std::uint64_t total) {
  constexpr auto patience = std::chrono::seconds(20);
  std::uint64_t before = 0;
  auto moved = std::chrono::steady_clock::now();
  for (;;) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    std::uint64_t returned = 0;
    for (const producer& each : producers)
      returned += each.returned.load(std::memory_order_relaxed);
    if (returned == total) return;
    const auto now = std::chrono::steady_clock::now();
    if (returned != before) moved = now;
    before = returned;
    if (now - moved < patience) continue;
    std::fprintf(stderr, "lanes_soak: nothing has moved for 20 s after %llu of %llu items\nconsumer's word: %016llx\n",
                 static_cast<unsigned long long>(returned), static_cast<unsigned long long>(total),
                 static_cast<unsigned long long>(consumer.word().raw()));
    for (const producer& each : producers)
      std::fprintf(stderr, "a producer's word: %016llx\n", static_cast<unsigned long long>(each.wake->word().raw()));
    std::_Exit(EXIT_FAILURE);
  }
}

int run(const options& chosen) {
  std::printf("lanes_soak: %llu items, %u producers, seed %llu\n", static_cast<unsigned long long>(chosen.items),
              chosen.producers, static_cast<unsigned long long>(chosen.seed));
  std::fflush(stdout); // it may hang
  const auto consumer = std::make_shared<wake_side>();
  std::deque<producer> producers;
  for (unsigned each = 0; each < chosen.producers; ++each)
    producers.emplace_back(consumer, chosen.window);
  const std::uint64_t each_total = chosen.items / chosen.producers;
  const std::uint64_t total = each_total * chosen.producers;

  const auto began = std::chrono::steady_clock::now();
  {
    std::vector<std::jthread> threads;
    threads.emplace_back([&] { consume(*consumer, producers, total, chosen.seed); });
    for (unsigned each = 0; each < chosen.producers; ++each)
      threads.emplace_back([&, each] { producers[each].run(each_total, chosen.seed + 1 + each); });
    watch(*consumer, producers, total);
  }
  std::uint64_t there = 0;
  std::uint64_t wakes = 0;
  for (const producer& each : producers) {
    for (const item& one : each.items)
      there += one.there;
    wakes += each.wake->wakes_sent();
  }
  if (there != total) producer::fail("the items counted are not those that were sent");
  const std::chrono::duration<double> lasted = std::chrono::steady_clock::now() - began;
  std::printf("lanes_soak: %llu items there and back in %.1f s; wakes of the consumer %llu, of the producers %llu\n",
              static_cast<unsigned long long>(there), lasted.count(),
              static_cast<unsigned long long>(consumer->wakes_sent()), static_cast<unsigned long long>(wakes));
  return EXIT_SUCCESS;
}

} // namespace

int main(int argc, char** argv) {
  options chosen;
  CLI::App app("Moves items over lanes and wakes, with random pauses, and counts every one.");
  app.add_option("--items", chosen.items, "how many go there and back")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  app.add_option("--producers", chosen.producers, "threads that send")->capture_default_str()->check(CLI::Range(1, 64));
  app.add_option("--window", chosen.window, "items that each has under way")
      ->capture_default_str()
      ->check(CLI::Range(1, 65536));
  app.add_option("--seed", chosen.seed, "of all pauses and batches; printed");
  CLI11_PARSE(app, argc, argv);
  return run(chosen);
}
