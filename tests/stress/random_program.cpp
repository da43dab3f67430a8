// Goal and method: see random_program.hpp.
#include "random_program.hpp"

#include <algorithm>
#include <cstdlib>

namespace shardbridge::tests {
namespace {

constexpr std::size_t blocks = 4; // of a file that are used
constexpr std::size_t alignment = 4096;

shard_group_options draw_group(dice& chance) {
  return {.shards = 1 + chance.roll(2),
          .ring_entries = static_cast<unsigned>(2 + chance.roll(7)),
          .timeout_mode = chance.one_in(2) ? timeout_mode::linked : timeout_mode::timer,
          .shutdown_timeout = std::chrono::milliseconds(chance.one_in(2) ? chance.roll(3) : 10000)};
}

bridge_options draw_bridge(dice& chance) {
  bridge_options out{.max_ops = 1 + chance.roll(12),
                     .when_full = chance.one_in(4) ? when_full::refuse : when_full::wait};
  if (chance.one_in(2)) out.reserved_ops = chance.roll(out.max_ops);
  return out;
}

} // namespace

random_program::random_program(std::uint64_t seed, const std::vector<target>& targets, buffer_pool& pool,
                               std::function<void(dice&)> mischief)
    : chance_(seed), pool_(pool), mischief_(std::move(mischief)),
      group_(std::make_unique<shard_group>(draw_group(chance_))),
      link_(std::make_unique<bridge>(*context_, *group_, draw_bridge(chance_))) {
  for (const target& each : targets)
    files_.push_back({random_access_file(*link_, each.path, each.flags), each.block});
  files_.push_back({random_access_file(*link_, pipe_.path(), open_flags::read_write), 16});
}

void random_program::run() {
  for (std::uint64_t steps = 5 + chance_.roll(40); steps > 0; --steps)
    step();
  if (chance_.one_in(2))
    end_by_running();
  else
    end_by_destroying();
  EXPECT_LE(called_, initiated_);
  EXPECT_EQ(alive_.use_count(), 1) << "a handler is left";
}

void random_program::step() {
  switch (chance_.roll(20)) {
  case 0:
    return files_[chance_.roll(files_.size())].file.cancel();
  case 1:
    if (!signals_.empty()) {
      static constexpr std::array kinds{asio::cancellation_type::terminal, asio::cancellation_type::partial,
                                        asio::cancellation_type::total};
      signals_[chance_.roll(signals_.size())].emit(kinds[chance_.roll(kinds.size())]);
    }
    return;
  case 2:
    if (!stops_.empty()) stops_[chance_.roll(stops_.size())].request_stop();
    return;
  case 3:
  case 4:
    context_->restart();
    context_->run_for(std::chrono::microseconds(chance_.roll(2000)));
    return;
  case 5:
  case 6:
    return mischief_(chance_);
  case 7:
    pipe_.write("some bytes");
    return;
  case 8:
    if (!chance_.one_in(6)) return;
    if (chance_.one_in(2)) return group_->stop();
    return link_->stop();
  default:
    return initiate();
  }
}

/// A handler that may be called once, on the context's thread.
auto random_program::counted() {
  ++initiated_;
  return [this, kept = alive_, once = false](auto&&...) mutable {
    EXPECT_FALSE(std::exchange(once, true)) << "called twice";
    ++called_;
  };
}

op_options random_program::draw_options() {
  op_options out;
  if (chance_.one_in(2)) out.timeout = std::chrono::microseconds(chance_.roll(5) * chance_.roll(2000));
  if (chance_.one_in(3)) out.stop_token = stops_.emplace_back().get_token();
  if (chance_.one_in(3)) out.priority = priority::high;
  if (chance_.one_in(4)) out.shard = chance_.roll(group_->size());
  return out;
}

asio::mutable_buffer random_program::callers_buffer(std::size_t size) {
  memory_.push_back(
      {{std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment), &std::free}, size});
  return {memory_.back().bytes.get(), size};
}

void random_program::initiate() {
  const std::size_t which = chance_.roll(files_.size());
  open_file& on = files_[which];
  const op_options options = draw_options();
  switch (chance_.roll(14)) {
  case 12:
    return on.file.async_allocate(chance_.roll(blocks) * on.block, on.block,
                                  chance_.one_in(2) ? allocate_mode::punch_hole : allocate_mode::keep_size, options,
                                  counted());
  case 13:
    return on.file.async_advise(0, chance_.roll(2) * on.block,
                                chance_.one_in(2) ? file_advice::will_need : file_advice::dont_need, options,
                                counted());
  case 0:
    return on.file.async_sync_all(options, counted());
  case 1:
    return on.file.async_sync_data(options, counted());
  case 2:
    return on.file.async_size(options, counted());
  case 3:
    return async_stat(*link_, "/", options, counted());
  case 4:
    if (chance_.one_in(4)) return on.file.async_close(options, counted());
    [[fallthrough]];
  default:
    return transfer(on, options);
  }
}

void random_program::transfer(open_file& on, const op_options& options) {
  const std::uint64_t offset = chance_.roll(blocks) * on.block;
  const bool reads = chance_.one_in(2);
  const auto start = [&](auto buffer, auto handler) {
    if (reads)
      on.file.async_read_some_at(offset, std::move(buffer), options, std::move(handler));
    else
      on.file.async_write_some_at(offset, std::move(buffer), options, std::move(handler));
  };
  const auto with_any_buffer = [&](auto handler) {
    if (chance_.one_in(2)) {
      owned_buffer mine = pool_.allocate(on.block);
      std::ranges::fill(mine.span(), std::byte{'o'});
      start(std::move(mine), std::move(handler));
    } else {
      start(callers_buffer(on.block), std::move(handler));
    }
  };
  if (chance_.one_in(3))
    with_any_buffer(asio::bind_cancellation_slot(signals_.emplace_back().slot(), counted()));
  else
    with_any_buffer(counted());
}

/// Everything is answered, and the context is out of work.
void random_program::end_by_running() {
  if (chance_.one_in(2)) group_->stop();
  const auto end = std::chrono::steady_clock::now() + patience;
  do {
    // The FIFO waits for ever, and what waits for a permit takes its place.
    for (open_file& each : files_)
      each.file.cancel();
    context_->restart();
    context_->run_for(1ms);
  } while (called_ < initiated_ && std::chrono::steady_clock::now() < end);
  EXPECT_EQ(called_, initiated_);
  expect_balanced(link_->stats());
  context_->restart();
  context_->run_for(patience);
  EXPECT_TRUE(context_->stopped()) << "something is outstanding that nobody asked for";
}

/// In any order, with operations at every stage.
void random_program::end_by_destroying() {
  std::array order{0, 1, 2, 3};
  for (std::size_t left = order.size(); left > 1; --left)
    std::swap(order[left - 1], order[chance_.roll(left)]);
  for (const int each : order) {
    if (context_ && chance_.one_in(3)) {
      context_->restart();
      context_->run_for(std::chrono::microseconds(chance_.roll(1000)));
    }
    if (each == 0) files_.clear();
    if (each == 1) link_.reset();
    if (each == 2) group_.reset();
    if (each == 3) context_.reset();
  }
}

} // namespace shardbridge::tests
