#include "engine.hpp"

#include "../common/cpu_time.hpp"
#include "../common/failure.hpp"
#include "../common/interrupt.hpp"
#include "../common/syscall_counter.hpp"

#include <boost/asio/post.hpp>

#include <chrono>
#include <thread>

namespace shardbridge::bench {
namespace {

using clock = std::chrono::steady_clock;
using fractional = std::chrono::duration<double>;

void sleep_until(clock::time_point end) {
  using namespace std::chrono_literals;
  // Short enough for an impatient user, long enough to disturb nobody.
  constexpr clock::duration nap = 50ms;
  for (auto now = clock::now(); now < end && !interrupted(); now = clock::now())
    std::this_thread::sleep_for(std::min(nap, end - now));
}

} // namespace

handoff_engine::handoff_engine(const handoff_setting& what, const handoff_cpus& cpus)
    : what_(what), service_(what.client_threads, cpus.clients) {
  for (unsigned i = 0; i != what.outstanding(); ++i)
    clients_.emplace_back(shared_, i, i / what.share());
}

void handoff_engine::completed(handoff_client& who) {
  who.completed();
  go_on(who);
}

void handoff_engine::failed(handoff_client& who, const std::string& why) {
  who.failed(why);
  go_on(who);
}

void handoff_engine::go_on(handoff_client& who) {
  who.next() ? initiate(who) : running_.done();
}

void handoff_engine::start_clients() {
  shared_.over.store(false, std::memory_order_relaxed);
  running_.start(clients_.size());
  // The first of each producer, then the second of each, so that none has a start.
  for (unsigned turn = 0; turn != what_.share(); ++turn)
    for (unsigned producer = 0; producer != what_.producers; ++producer) {
      handoff_client& who = clients_[producer * what_.share() + turn];
      who.begin_round();
      boost::asio::post(clients(), [this, &who] { go_on(who); });
    }
}

handoff_round handoff_engine::run_timed(double seconds) {
  handoff_round result;
  const double cpu_before = process_cpu_seconds();
  const auto begin = clock::now();
  start_clients();
  sleep_until(begin + std::chrono::duration_cast<clock::duration>(fractional(seconds)));
  shared_.over.store(true, std::memory_order_relaxed);
  running_.wait();
  result.seconds = fractional(clock::now() - begin).count();
  result.cpu_seconds = process_cpu_seconds() - cpu_before;

  result.totals = shared_.accounts.take();
  result.by_producer.resize(what_.producers);
  for (const auto& client : clients_) {
    result.by_producer[client.producer()] += client.operations();
    result.initiated += client.initiated();
  }
  if (const auto ended = result.operations() + result.totals.went_wrong.errors; ended != result.initiated)
    throw run_failure(std::to_string(result.initiated) + " operations were initiated and " + std::to_string(ended) +
                      " completed");
  return result;
}

void handoff_engine::count_syscalls(double seconds, handoff_round& into) {
  const syscall_counter counter;
  const handoff_round counted = run_timed(seconds);
  if (const auto operations = counted.operations(); operations != 0)
    into.syscalls_per_op = static_cast<double>(counter.count()) / static_cast<double>(operations);
  into.totals.went_wrong.merge(counted.totals.went_wrong);
}

handoff_round handoff_engine::run_round(double seconds) {
  handoff_round result = run_timed(seconds);
  if (syscall_counter::obstacle().empty() && !interrupted()) count_syscalls(seconds / 4, result);
  return result;
}

} // namespace shardbridge::bench
