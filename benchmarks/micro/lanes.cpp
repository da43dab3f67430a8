// shardbridge-micro-lanes: what it costs to get something onto a lane and off it, one by one and 64 at a time, by one
// thread and from one to another; of request lanes, of one that keeps an order across threads, and of reply lanes.
// Beside them moodycamel's queue as it is used without knowing it, one by one, and a deque behind a mutex.
//
// Between two threads the time of a message is that of the slower side; as many are under way as permits would let be.
#include <bridge/ordered_lane.hpp>

#include <shardbridge/detail/operation.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <new>
#include <span>
#include <stop_token>
#include <string>
#include <thread>

namespace shardbridge::bench {
namespace {

constexpr std::size_t batch = 64;
constexpr std::size_t most_under_way = 1024;

struct plain_operation final : detail::operation {
  plain_operation() noexcept : operation(detail::op_code::read, nullptr) {}
};
plain_operation the_operation;

class requests {
 public:
  using item = detail::lane_item;
  static item make() noexcept { return {the_operation, item::meaning::request}; }
  void push(std::span<const item> items) { lane_.push(items); }
  std::size_t pop(std::span<item> into) { return lane_.pop(into); }

 private:
  detail::request_lane lane_;
};

/// That of a sequence. It takes one at a time.
class ordered_requests {
 public:
  using item = detail::lane_item;
  static item make() noexcept { return requests::make(); }
  void push(std::span<const item> items) {
    for (const item& each : items)
      order_.push(each);
  }
  std::size_t pop(std::span<item> into) { return to_->requests.pop(into); }

 private:
  std::shared_ptr<detail::connection> to_ = std::make_shared<detail::connection>(
      detail::wake_pair{std::make_shared<detail::wake_side>(), std::make_shared<detail::wake_side>()}, 1);
  detail::ordered_lane order_{to_};
};

class replies {
 public:
  using item = detail::operation*;
  static item make() noexcept { return &the_operation; }
  void push(std::span<item> items) {
    if (!lane_.push(items)) throw std::bad_alloc();
  }
  std::size_t pop(std::span<item> into) { return lane_.pop(into); }

 private:
  detail::reply_lane lane_{most_under_way};
};

class moodycamel_alone {
 public:
  using item = detail::operation*;
  static item make() noexcept { return &the_operation; }
  void push(std::span<item> items) {
    for (item each : items)
      if (!queue_.enqueue(each)) throw std::bad_alloc();
  }
  std::size_t pop(std::span<item> into) {
    std::size_t count = 0;
    while (count < into.size() && queue_.try_dequeue(into[count]))
      ++count;
    return count;
  }

 private:
  moodycamel::ConcurrentQueue<item> queue_;
};

class mutex_and_deque {
 public:
  using item = detail::operation*;
  static item make() noexcept { return &the_operation; }
  void push(std::span<item> items) {
    const std::lock_guard lock(mutex_);
    queue_.insert(queue_.end(), items.begin(), items.end());
  }
  std::size_t pop(std::span<item> into) {
    const std::lock_guard lock(mutex_);
    const std::size_t count = std::min(into.size(), queue_.size());
    std::copy_n(queue_.begin(), count, into.begin());
    queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(count));
    return count;
  }

 private:
  std::mutex mutex_;
  std::deque<item> queue_;
};

template <class Lane>
void in_one(benchmark::State& state) {
  const auto pushed_at_once = static_cast<std::size_t>(state.range(0));
  Lane lane;
  std::array<typename Lane::item, batch> given{};
  given.fill(Lane::make());
  std::array<typename Lane::item, batch> taken{};
  std::size_t came = 0;
  while (state.KeepRunningBatch(batch)) {
    for (std::size_t each = 0; each < batch; each += pushed_at_once)
      lane.push(std::span(given).subspan(each, pushed_at_once));
    came += lane.pop(taken);
  }
  if (came != static_cast<std::size_t>(state.iterations())) state.SkipWithError("something was lost");
  state.SetItemsProcessed(state.iterations());
}

/// The measured thread pushes, another one takes.
template <class Lane>
void between_two(benchmark::State& state) {
  const auto pushed_at_once = static_cast<std::size_t>(state.range(0));
  Lane lane;
  alignas(64) std::atomic<std::size_t> came{0};
  std::jthread taker([&](const std::stop_token& over) {
    std::array<typename Lane::item, batch> taken{};
    while (!over.stop_requested()) {
      // release: pairs with the acquire of who pushes, though only the number matters.
      if (const std::size_t count = lane.pop(taken)) came.fetch_add(count, std::memory_order_release);
    }
  });
  std::array<typename Lane::item, batch> given{};
  given.fill(Lane::make());
  std::size_t pushed = 0;
  while (state.KeepRunningBatch(batch)) {
    for (std::size_t each = 0; each < batch; each += pushed_at_once)
      lane.push(std::span(given).subspan(each, pushed_at_once));
    pushed += batch;
    while (pushed - came.load(std::memory_order_acquire) > most_under_way)
      std::this_thread::yield();
  }
  while (came.load(std::memory_order_acquire) != pushed)
    std::this_thread::yield();
  state.SetItemsProcessed(state.iterations());
}

template <class Lane>
void add(const std::string& name) {
  auto* const alone = benchmark::RegisterBenchmark((name + "/in_one").c_str(), in_one<Lane>);
  auto* const crossing = benchmark::RegisterBenchmark((name + "/between_two").c_str(), between_two<Lane>);
  for (auto* const each : {alone, crossing})
    each->Arg(1)->Arg(batch)->UseRealTime();
}

} // namespace
} // namespace shardbridge::bench

int main(int argc, char** argv) {
  using namespace shardbridge::bench;
  add<requests>("request_lane");
  add<ordered_requests>("ordered_lane");
  add<replies>("reply_lane");
  add<moodycamel_alone>("moodycamel_one_by_one");
  add<mutex_and_deque>("mutex_and_deque");
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  return benchmark::RunSpecifiedBenchmarks() != 0 ? 0 : 1;
}
