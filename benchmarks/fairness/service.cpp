#include "service.hpp"

#include "../common/cpus.hpp"
#include "../common/failure.hpp"
#include "../common/interrupt.hpp"
#include "../common/page_cache.hpp"
#include "least_rate.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>
#include <vector>

namespace shardbridge::bench {
namespace {

namespace asio = boost::asio;
using clock = std::chrono::steady_clock;
using fractional = std::chrono::duration<double>;
using boost::system::error_code;

/// So many looks in a window: the least rate is of a stretch that begins at any of them.
constexpr int looks_a_window = 10;

/// The last CPU, as the library does by itself.
int shard_cpu() {
  const auto usable = usable_cpus();
  if (usable.empty()) throw run_failure("cannot tell which CPUs may be used");
  return usable.back();
}

std::vector<int> client_cpus() {
  auto usable = usable_cpus();
  if (usable.size() > 1) usable.pop_back();
  return usable;
}

shard_group_options group_options(const fairness_setting& what) {
  shard_group_options options;
  options.cpus = {shard_cpu()};
  options.turn_slice = what.turn_slice;
  options.ring_entries = std::max(options.ring_entries, what.clients + what.readers + 4 * what.connections + 64);
  return options;
}

bridge_options bridge_options_for(const fairness_setting& what) {
  bridge_options options;
  options.max_ops = std::max<std::size_t>(options.max_ops, what.clients + load_kinds);
  return options;
}

std::string sentence_of(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& caught) {
    return caught.what();
  }
}

} // namespace

std::uint64_t fairness_round::operations() const noexcept {
  std::uint64_t sum = 0;
  for (const auto& each : loads)
    sum += each.operations;
  return sum;
}

fairness_service::fairness_service(const fairness_setting& what)
    : shared_{.what = what, .tallies = {}}, memory_(what.clients, fairness_block), service_(1, client_cpus()),
      group_(group_options(what)), bridge_(service_.context(), group_, bridge_options_for(what)) {
  for (unsigned i = 0; i != what.clients; ++i)
    clients_.push_back({random_source(mix(i)), memory_[i]});
  if (what.asked == bridge_load::nop) return;
  cache_share(what.path, what.blocks * fairness_block, 100);
  file_.emplace(bridge_, what.path, open_flags::read_only);
}

fairness_service::~fairness_service() {
  service_.join();
}

void fairness_service::go_on(client& who) {
  if (!shared_.running()) {
    running_.done();
    return;
  }
  if (!file_) {
    async_nop(bridge_, 0, [this, &who](const error_code& error) { ended(who, error); });
    return;
  }
  const std::uint64_t offset = who.random.below(shared_.what.blocks) * fairness_block;
  file_->async_read_some_at(offset, asio::buffer(who.memory.data(), who.memory.size()),
                            [this, &who](const error_code& error, std::size_t) { ended(who, error); });
}

void fairness_service::ended(client& who, const error_code& error) {
  load_tally& tally = shared_.tally(load_kind::bridge);
  error ? tally.failed(error.message()) : tally.count();
  go_on(who);
}

template <class Load>
void fairness_service::start_on_shard(load_kind kind, Load load) {
  async_call(
      bridge_, 0, [this, load](shard& self) { return load(self, shared_); },
      [this, kind](const std::exception_ptr& failure) {
        if (failure) shared_.tally(kind).failed(sentence_of(failure));
        running_.done();
      });
}

void fairness_service::start(const load_subset& subset) {
  const auto has = [&](load_kind kind) { return subset[index_of(kind)]; };
  const bool bridged = has(load_kind::bridge);
  running_.start(subset.count() - (bridged ? 1 : 0) + (bridged ? clients_.size() : 0));
  if (has(load_kind::disk)) start_on_shard(load_kind::disk, &run_disk);
  if (has(load_kind::sockets)) start_on_shard(load_kind::sockets, &run_sockets);
  if (has(load_kind::tasks)) start_on_shard(load_kind::tasks, &run_busy);
  if (!bridged) return;
  for (client& who : clients_)
    asio::post(service_.context(), [this, &who] { go_on(who); });
}

fairness_round fairness_service::watch(const load_subset& subset, double seconds) {
  const auto begin = clock::now();
  const auto end = begin + std::chrono::duration_cast<clock::duration>(fractional(seconds));
  const shard_stats before = group_.stats().front();
  const auto computed_before = shared_.computed_ns.load(std::memory_order_relaxed);
  std::array<std::uint64_t, load_kinds> first{};
  std::vector<least_rate> least(load_kinds, least_rate(shared_.what.window));
  for (std::size_t kind = 0; kind != load_kinds; ++kind) {
    first[kind] = shared_.tallies[kind].done();
    least[kind].sample(begin, first[kind]);
  }
  fairness_round round;
  const auto nap = shared_.what.window / looks_a_window;
  clock::time_point now = begin;
  while (now < end && !interrupted()) {
    std::this_thread::sleep_for(std::min<clock::duration>(nap, end - now));
    now = clock::now();
    for (std::size_t kind = 0; kind != load_kinds; ++kind) {
      const std::uint64_t done = shared_.tallies[kind].done();
      round.loads[kind].operations = done - first[kind];
      least[kind].sample(clock::now(), done);
    }
  }
  round.seconds = fractional(now - begin).count();
  const shard_stats after = group_.stats().front();
  round.turns = after.turns - before.turns;
  round.stalls = after.stalls - before.stalls;
  round.computed_seconds =
      fractional(std::chrono::nanoseconds(shared_.computed_ns.load(std::memory_order_relaxed) - computed_before))
          .count();
  for (std::size_t kind = 0; kind != load_kinds; ++kind)
    if (subset[kind]) round.loads[kind].least_per_s = least[kind].get();
  return round;
}

fairness_round fairness_service::run(const load_subset& subset, double seconds) {
  shared_.over.store(false, std::memory_order_relaxed);
  start(subset);
  // Until all have begun; the beginning is nobody's share.
  std::this_thread::sleep_for(fractional(seconds / 10));
  fairness_round round = watch(subset, seconds);
  shared_.over.store(true, std::memory_order_relaxed);
  running_.wait();
  for (load_tally& tally : shared_.tallies)
    round.went_wrong.merge(tally.take_incidents());
  return round;
}

} // namespace shardbridge::bench
