// shardbridge-micro-slots: what it costs to give an operation a name that the kernel carries, to find it again by that,
// and to give the name up: a shard's table of slots, so many in use at once. `hash_map` is one of numbers that are
// never used again, `pointer` the operation itself as its name, which a CQE that comes late would find gone.
// `in_flight` is the table with all around it: submission, completion, result, by a kernel that does nothing.
#include "../instructions/instant_kernel.hpp"

#include <shard_side/in_flight.hpp>
#include <shard_side/slot_table.hpp>

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <unordered_map>
#include <vector>

namespace shardbridge::bench {
namespace {

struct plain_operation final : detail::operation {
  plain_operation() noexcept : operation(detail::op_code::nop, nullptr) {}
};

/// Each gives a name, finds the operation by it, and takes the name back.
class slots {
 public:
  explicit slots(std::size_t capacity) : table_(static_cast<std::uint32_t>(capacity)) {}
  std::uint64_t take(detail::operation& op) noexcept {
    return table_.name(table_.acquire(op), detail::cqe_kind::operation).pack();
  }
  detail::operation* end(std::uint64_t name) noexcept {
    const detail::token which = detail::token::unpack(name);
    const detail::slot* const found = table_.find(which);
    if (found == nullptr) return nullptr;
    detail::operation* const out = found->op;
    table_.release(which.index());
    return out;
  }

 private:
  detail::slot_table table_;
};

class hash_map {
 public:
  explicit hash_map(std::size_t capacity) { all_.reserve(capacity); }
  std::uint64_t take(detail::operation& op) {
    all_.emplace(++last_, &op);
    return last_;
  }
  detail::operation* end(std::uint64_t name) {
    const auto found = all_.find(name);
    if (found == all_.end()) return nullptr;
    detail::operation* const out = found->second;
    all_.erase(found);
    return out;
  }

 private:
  std::unordered_map<std::uint64_t, detail::operation*> all_;
  std::uint64_t last_ = 0;
};

class pointer {
 public:
  explicit pointer(std::size_t) {}
  static std::uint64_t take(detail::operation& op) noexcept { return reinterpret_cast<std::uintptr_t>(&op); }
  static detail::operation* end(std::uint64_t name) noexcept {
    return reinterpret_cast<detail::operation*>(name); // NOLINT(performance-no-int-to-ptr)
  }
};

/// The oldest ends first, and another takes its place.
template <class Names>
void replace(benchmark::State& state) {
  const auto in_use = static_cast<std::size_t>(state.range(0));
  Names names(in_use);
  std::vector<plain_operation> operations(in_use);
  std::vector<std::uint64_t> named;
  for (plain_operation& op : operations)
    named.push_back(names.take(op));
  bool found = true;
  while (state.KeepRunningBatch(state.range(0))) {
    for (std::size_t each = 0; each < in_use; ++each) {
      found &= names.end(named[each]) == &operations[each];
      named[each] = names.take(operations[each]);
    }
  }
  if (!found) state.SkipWithError("a name led elsewhere");
}

class counting_sink final : public detail::in_flight::sink {
 public:
  void finish(detail::operation&, detail::op_result) override { ++finished; }
  void arrived(detail::operation&, const detail::arrival&) override {}
  void park(detail::operation&) override {}
  void announce(detail::operation&) override {}
  void message_failed(std::uint32_t) override {}

  std::int64_t finished = 0;
};

void in_flight(benchmark::State& state) {
  const auto at_once = static_cast<std::size_t>(state.range(0));
  instant_kernel kernel;
  detail::loop_counters counters;
  counting_sink told;
  detail::in_flight flights(kernel, static_cast<std::uint32_t>(at_once), false, counters, told);
  std::vector<plain_operation> operations(at_once);
  while (state.KeepRunningBatch(state.range(0))) {
    for (plain_operation& op : operations)
      if (!flights.start(op)) throw std::logic_error("no slot is free");
    kernel.enter(detail::driver::no_wait);
    while (flights.reap() > 0) {
    }
  }
  if (told.finished != static_cast<std::int64_t>(state.iterations())) state.SkipWithError("not all have ended");
}

BENCHMARK(replace<slots>)->Name("slot_table")->Arg(16)->Arg(1024)->Arg(16'384);
BENCHMARK(replace<hash_map>)->Name("hash_map")->Arg(16)->Arg(1024)->Arg(16'384);
BENCHMARK(replace<pointer>)->Name("pointer")->Arg(16)->Arg(1024)->Arg(16'384);
BENCHMARK(in_flight)->Name("in_flight")->Arg(16)->Arg(1024);

} // namespace
} // namespace shardbridge::bench

BENCHMARK_MAIN();
