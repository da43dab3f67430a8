// Goal and method: see random_loop.hpp.
#include "random_loop.hpp"

#include "shard_loop_fixture.hpp"

#include <boost/system/system_error.hpp>

namespace shardbridge::detail {
namespace {

constexpr std::int64_t hour = 3'600'000'000'000;

} // namespace

shard_group_options random_loop::some_options(dice& random) {
  return {.ring_entries = 3,
          .timeout_mode = random.one_in(2) ? timeout_mode::linked : timeout_mode::timer,
          .spin = std::chrono::nanoseconds(random.one_in(3) ? 1000 : 0),
          .shutdown_timeout = random.one_in(5) ? std::chrono::nanoseconds(0) : no_timeout};
}

random_loop::random_loop(dice random, int null_fd, bool kernel_fails)
    : random_(std::move(random)), options_(some_options(random_)), total_(1 + random_.roll(16)), null_(null_fd),
      fails_(kernel_fails) {
  for (int each = 0; each < 2; ++each)
    connections_.push_back(join(port_));
  for (int each = 0; each < 2; ++each) {
    files_.push_back({new descriptor(::dup(null_fd)), true});
    files_.back().file->regular = random_.one_in(2);
    if (!files_.back().file->regular) pipes_.insert(files_.back().file->get());
  }
  kernel_.has_ftruncate = random_.one_in(2);
  kernel_.on_enter = [this] { others(); };
  kernel_.on_wait = [this] { expect_that_it_may_wait(); };
}

void random_loop::run() {
  push_something();
  try {
    loop_.run();
  } catch (const std::system_error&) {
    FAIL() << "the loop failed twice";
  }
  EXPECT_EQ(loop_.quarantined(), counters_.quarantined.get());
  kernel_.on_wait = {}; // closed rather than asleep
  fails_ = false;
  loop_.outlast_quarantined();
  EXPECT_TRUE(kernel_.under_way.empty());
  EXPECT_EQ(counters_.in_flight.get(), 0U);
  // Behind the end whoever pushes answers.
  push_something();
  push_something();
  take_replies();
  for (const pushed& each : operations_)
    EXPECT_EQ(each.back, 1) << each.transfer.op.code << " at " << each.transfer.op.where;
  for (open_file& each : files_)
    if (each.held) drop(*each.file);
  let_files_go();
  for (const auto& each : connections_)
    port_.detach(*each);
  connections_.clear(); // what is left on the lanes: orders
  for (const test_operation& each : orders_)
    EXPECT_EQ(each.delivered, 1) << "an order was not freed once";
  EXPECT_EQ(tasks_ended_, tasks_begun_);
  EXPECT_EQ(own_, 0U);
  EXPECT_EQ(pool().stats().buffers_in_use, 0U);
}

/// What other threads and the kernel do while the shard is in the kernel.
void random_loop::others() {
  if (++enters_ > 3000) {
    if (enters_ == 3001) ADD_FAILURE() << "the loop does not come to an end";
    kernel_.failures = 2; // ends it
    return;
  }
  take_replies();
  for (std::size_t each = random_.roll(4); each > 0; --each) {
    switch (random_.roll(8)) {
    case 0:
    case 1:
    case 2:
      if (operations_.size() < total_) push_something();
      break;
    case 3:
      cancel_something();
      break;
    case 4:
      if (random_.one_in(4)) push_order();
      break;
    case 5:
      kernel_.refusals = static_cast<int>(random_.roll(4));
      break;
    case 6:
      let_files_go();
      break;
    default:
      if (fails_ && random_.one_in(3)) {
        fails_ = false;
        kernel_.failures = 1;
      }
      break;
    }
  }
  for (std::size_t each = random_.roll(4); each > 0; --each)
    kernel_answers();
  if (enters_ > 200) let_files_go();
  const bool all_pushed = operations_.size() >= total_ ||
                          std::none_of(files_.begin(), files_.end(), [](const open_file& each) { return each.held; });
  if (all_pushed && (enters_ > 200 || random_.one_in(10))) port_.request_stop();
}

void random_loop::push(connection& to, operation& op, lane_item::meaning what) {
  to.requests.push({op, what});
  if (to.wakes.consumer_wake->publish()) return;
  answer_leftovers(to, [this](operation& left) { came_back(left); });
}

void random_loop::push_something() {
  static constexpr std::array codes{op_code::read, op_code::read, op_code::write,  op_code::sync_all, op_code::open,
                                    op_code::size, op_code::call, op_code::resize, op_code::close,    op_code::advise};
  const op_code code = codes[random_.roll(codes.size())];
  open_file& on = files_[random_.roll(files_.size())];
  if (!on.held) return;
  std::vector<std::size_t> lengths;
  if (code == op_code::read || code == op_code::write)
    for (std::size_t each = random_.roll(3) + 1; each > 0; --each)
      lengths.push_back(1 + random_.roll(20));
  pushed& made = operations_.emplace_back(code, *on.file, lengths);
  operation& op = made.transfer.op;
  made.to = connections_[random_.roll(connections_.size())].get();
  made.holds_file = true;
  if (code == op_code::close)
    on.held = false; // the object's reference moves into the close
  else
    on.file->add_reference();
  op.epoch = on.file->epoch();
  op.patient = code == op_code::read && !on.file->regular; // as the Asio side does
  op.priority = random_.one_in(3) ? priority::high : priority::normal;
  op.subject = this;
  op.run = [](operation& self, shard& runs_on) { return static_cast<random_loop*>(self.subject)->call(self, runs_on); };
  if (code == op_code::open || code == op_code::size) op.arguments = std::make_unique<kernel_arguments>();
  if (code == op_code::write && random_.one_in(2)) op.then = &made.then;
  if (code == op_code::advise) op.length = random_.roll(3) * max_advised_at_once;
  if (!lengths.empty() && random_.one_in(2)) made.transfer.own(pool().allocate(1));
  static constexpr std::array<std::int64_t, 4> ahead{-1, 5'000, 50'000, hour};
  if (random_.one_in(2)) op.deadline = kernel_.now() + ahead[random_.roll(ahead.size())];
  op.cancellable = random_.one_in(2);
  if (op.cancellable) {
    EXPECT_TRUE(op.cancel.publish());
  }
  // A cancel by another thread may be looked at before the request.
  if (op.cancellable && random_.one_in(8)) cancel_something();
  push(*made.to, op, lane_item::meaning::request);
}

bool random_loop::call(operation& op, shard& on) {
  if (random_.one_in(3)) return true;
  const bool goes_on = random_.one_in(2);
  ++tasks_begun_;
  on.runtime().make_room_for_task();
  cancel_scope& scope = work(on.runtime(), *this, on, task_end(*this, goes_on ? &op : nullptr, on.runtime())).scope();
  if (goes_on) op.scope = &scope;
  return !goes_on;
}

root random_loop::work(shard_runtime&, random_loop& all, shard& self, task_end) {
  try {
    co_await all.do_something(self, 0);
  } catch (const boost::system::system_error&) {
    // stopped, or the kernel said no
  }
}

task<> random_loop::do_something(shard& self, std::size_t depth) {
  for (std::size_t left = random_.roll(4); left > 0; --left) {
    switch (random_.roll(4)) {
    case 0:
      co_await self.yield();
      break;
    case 1:
      if (depth < 3) co_await self.spawn(do_something(self, depth + 1)).join();
      break;
    case 2:
      if (depth < 3) {
        join_handle<void> started = self.spawn(do_something(self, depth + 1));
        if (random_.one_in(4)) started.abort();
      }
      break;
    default: {
      ++own_;
      const std::unique_ptr<std::size_t, void (*)(std::size_t*)> ended(&own_, [](std::size_t* count) { --*count; });
      co_await self.nop();
    }
    }
  }
}

void random_loop::push_order() {
  test_operation& order = orders_.emplace_back(op_code::cancel_bridge);
  order.silent = true;
  if (random_.one_in(2)) {
    order.code = op_code::cancel_file;
    order.file = files_[0].held ? files_[0].file : nullptr;
    if (order.file == nullptr) {
      orders_.pop_back();
      return;
    }
    order.file->next_epoch();
  }
  push(*connections_[random_.roll(connections_.size())], order, lane_item::meaning::request);
}

void random_loop::cancel_something() {
  pushed& chosen = operations_[random_.roll(operations_.size())];
  operation& op = chosen.transfer.op;
  if (!op.cancellable || chosen.back > 0) return;
  const cancel_kind kind = random_.one_in(2) ? cancel_kind::any : cancel_kind::unless_started;
  if (op.cancel.request(kind) == cancel_word::requested::send) push(*chosen.to, op, lane_item::meaning::cancel);
}

void random_loop::came_back(operation& op) {
  for (pushed& each : operations_) {
    if (&each.transfer.op != &op) continue;
    ++each.back;
    if (operation::moves_bytes(op.code) && op.result.kind == result_kind::success) {
      EXPECT_EQ(op.then != nullptr ? each.then.bytes : op.result.value, each.moved) << "as many as the kernel said";
    }
    each.transfer.buffer.reset();
    holding_.push_back(&each);
    if (op.code == op_code::open && op.result.kind == result_kind::success) ::close(static_cast<int>(op.result.value));
  }
}

void random_loop::take_replies() {
  for (const auto& from : connections_) {
    std::array<operation*, 4> some{};
    while (const std::size_t count = from->replies.pop(some))
      for (operation* op : std::span(some).first(count))
        came_back(*op);
  }
}

void random_loop::let_files_go() {
  while (!holding_.empty()) {
    pushed& each = *holding_.back();
    holding_.pop_back();
    if (std::exchange(each.holds_file, false)) drop(*each.transfer.op.file);
  }
}

void random_loop::drop(descriptor& file) {
  operation* const parked = file.release();
  if (parked != nullptr) announce_unparked(*parked);
}

/// One CQE, of those that may come next. What could wait for ever comes only if it is cancelled.
void random_loop::kernel_answers() {
  if (kernel_.under_way.empty()) return;
  const std::size_t at = random_.roll(kernel_.under_way.size());
  const fake_driver::entry& chosen = kernel_.under_way[at];
  if (!chosen.entered) return;
  const std::size_t what = random_.roll(3);
  if (chosen.sync && !chosen.operation && what == 0)
    return kernel_.post_sync(at,
                             chosen.written ? std::array{0, -ECANCELED, -EINTR, -EIO}[random_.roll(4)] : -ECANCELED);
  if (what == 0 && chosen.timeout)
    kernel_.post_timeout(at, chosen.operation ? std::array{-ETIME, -ENOENT}[random_.roll(2)] : -ECANCELED);
  else if (what == 1 && chosen.cancels > 0)
    kernel_.post_cancel(at, std::array{0, -ENOENT, -EALREADY}[random_.roll(3)]);
  else if (chosen.operation)
    answer(at, chosen.what);
}

void random_loop::answer(std::size_t at, const submission& what) {
  const std::int32_t result = result_of(what);
  for (pushed& each : operations_)
    if (operation::moves_bytes(what.code) && result > 0 && each.has(what.iovecs))
      each.moved += static_cast<std::uint64_t>(result);
  kernel_.post_operation(at, result);
}

std::int32_t random_loop::result_of(const submission& what) {
  if (what.code == op_code::close) {
    EXPECT_EQ(::close(what.fd), 0) << "closed twice";
    return random_.one_in(4) ? -EINTR : 0;
  }
  if (random_.one_in(4)) return std::array{-ECANCELED, -EINTR, -EIO}[random_.roll(3)];
  if (what.code == op_code::open && what.step == 0) return ::dup(null_);
  std::size_t wanted = 0;
  for (const iovec& each : std::span(what.iovecs, what.iovec_count))
    wanted += each.iov_len;
  return static_cast<std::int32_t>(random_.one_in(2) ? wanted : random_.roll(wanted + 1));
}

void random_loop::expect_that_it_may_wait() {
  EXPECT_TRUE(asleep(port_.wake()));
  // What else would happen may happen before that, or not.
  if (kernel_.waited_until < *kernel_.time + hour && random_.one_in(2)) kernel_.time = kernel_.waited_until;
  take_replies();
  for (const auto& each : connections_)
    EXPECT_TRUE(each->pending_replies.empty()) << "waits although there is a reply";
  // The kernel's count: some have been answered already. What has come out of it is taken at once.
  const auto patient = std::count_if(kernel_.under_way.begin(), kernel_.under_way.end(), [this](const auto& each) {
    return each.what.code == op_code::read && pipes_.contains(each.what.fd);
  });
  const bool room_for_patient = patient + 1 < options_.ring_entries && !kernel_.ready();
  EXPECT_LT(patient, options_.ring_entries) << "a slot is kept from them";
  std::size_t backlog = 0;
  for (pushed& each : operations_) {
    const operation& op = each.transfer.op;
    if (each.back > 0) continue;
    if (op.where == operation::place::backlog) {
      ++backlog;
      if (!op.patient || room_for_patient) {
        EXPECT_EQ(counters_.in_flight.get(), options_.ring_entries) << "waits although a slot is free";
      }
      EXPECT_LE(kernel_.waited_until, op.deadline);
    }
  }
  EXPECT_GE(counters_.backlog.get(), backlog);
  EXPECT_LE(counters_.backlog.get(), backlog + own_);
}

} // namespace shardbridge::detail
