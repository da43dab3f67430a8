#include <bridge/admission.hpp>

#include <bridge/clock.hpp>

#include <algorithm>
#include <utility>

namespace shardbridge::detail {
namespace {

/// The level that a wait_level operation waits for: at or below.
pressure_level wanted_by(const operation& op) noexcept {
  return static_cast<pressure_level>(op.offset);
}

} // namespace

admission::admission(const bridge_options& options)
    : word_(options.max_ops, options.max_bytes, options.watermarks), max_bytes_(options.max_bytes),
      max_waiters_(options.when_full == when_full::wait ? options.max_waiters : 0),
      max_patient_(options.max_ops - options.reserved_ops), limits_patient_(options.reserved_ops > 0),
      credits_(options), log_(steady_now()) {}

admission::acquired admission::acquire(operation& op) {
  if (op.code == op_code::wait_level) return wait_for_level(op);
  if (op.bytes > max_bytes_) return acquired::too_large;
  if (closed_.load(std::memory_order_acquire)) return acquired::stopped;
  if (!is_limited(op) && take_lock_free(op.bytes)) return acquired::taken;
  const std::lock_guard lock(mutex_);
  if (closed_.load(std::memory_order_relaxed)) return acquired::stopped;
  // Whoever cancels later than this finds it in the queue.
  if (op.cancellable && op.cancel.wanted()) return acquired::cancelled;
  const bool may_wait = all_waiters() < max_waiters_;
  if (!is_limited(op) && take_in_advance(op.bytes)) return acquired::taken;
  take_credits_back();
  if (is_limited(op) && (patient_ >= max_patient_ || !aside_.empty()))
    return may_wait ? wait_aside(op) : acquired::no_room;
  const bool first = comes_first(op);
  if (!may_wait) return first && take_limited(op) ? acquired::taken : acquired::no_room;
  if (op.deadline != never) deadlines_.insert(op);
  if (is_limited(op)) ++patient_;
  if (take_or_announce(op.bytes, first)) {
    deadlines_.erase(op);
    count_turn(op);
    return acquired::taken;
  }
  enqueue(op);
  pending_.fetch_add(1, std::memory_order_seq_cst);
  return acquired::waiting;
}

admission::acquired admission::try_acquire(std::uint64_t bytes) {
  if (bytes > max_bytes_) return acquired::too_large;
  if (closed_.load(std::memory_order_acquire)) return acquired::stopped;
  if (!take_now(bytes)) return acquired::no_room;
  unused_.fetch_add(one_change + 1, std::memory_order_seq_cst);
  return acquired::taken;
}

bool admission::take_now(std::uint64_t bytes) {
  if (take_lock_free(bytes)) return true;
  const std::lock_guard lock(mutex_);
  if (take_in_advance(bytes)) return true;
  take_credits_back();
  if (!queue_[0].empty() || !queue_[1].empty()) return false;
  return take(bytes);
}

/// False: the lock is needed.
bool admission::take_lock_free(std::uint64_t bytes) noexcept {
  if (credits_.enabled()) {
    if (credits_.mine().try_take(bytes)) return true;
    if (may_take_in_advance(bytes)) return false;
  }
  return word_.try_take(bytes) == admission_word::taken::taken;
}

bool admission::may_take_in_advance(std::uint64_t bytes) const noexcept {
  const auto [ops, bytes_of_all] = credits_.bundle(bytes);
  return word_.ops() + ops <= credits_.limit().ops && word_.bytes() + bytes_of_all <= credits_.limit().bytes;
}

bool admission::take_in_advance(std::uint64_t bytes) noexcept {
  if (!credits_.enabled() || !may_take_in_advance(bytes)) return false;
  const credits::change change(credits_);
  // What is left there may be of other sizes, and would add up.
  credit& mine = credits_.mine();
  const auto rest = mine.drain();
  word_.give_locked(rest.ops, rest.bytes);
  const auto [ops, bytes_of_all] = credits_.bundle(bytes);
  if (!word_.take_in_advance(ops, bytes_of_all, credits_.limit().ops, credits_.limit().bytes)) {
    there_seemed_more();
    return false;
  }
  mine.deposit({ops - 1, bytes_of_all - bytes});
  return true;
}

/// After it the word counts nothing but operations and unused permits.
void admission::take_credits_back() noexcept {
  const auto left = credits_.left();
  if (left.ops == 0 && left.bytes == 0) return;
  const credits::change change(credits_);
  const auto [ops, bytes] = credits_.drain();
  word_.give_locked(ops, bytes);
  there_seemed_more();
}

/// To whoever asked for outstanding() meanwhile.
void admission::there_seemed_more() noexcept {
  seemed_more_ = true;
  news_.store(true, std::memory_order_relaxed);
}

std::uint64_t admission::release(std::uint64_t ops, std::uint64_t bytes, operation_list& granted,
                                 std::uint64_t patient) {
  admission_word::given given{};
  if (ops > 0 || bytes > 0) {
    given = word_.give(ops, bytes);
    const bool makes_room_aside = patient > 0 && limits_patient_;
    if (!given.waiters && !given.crosses && !makes_room_aside) return given.ops_left;
  }
  const std::lock_guard lock(mutex_);
  if (given.crosses) {
    const pressure_level before = word_.level();
    word_.give_locked(ops, bytes);
    note_level(before);
  }
  if (limits_patient_) patient_ -= patient;
  grant(granted);
  return word_.ops();
}

std::int64_t admission::expire(std::int64_t now, operation_list& expired) {
  const std::lock_guard lock(mutex_);
  while (operation* op = deadlines_.pop_due(now))
    drop(*op, expired);
  tidy();
  return deadlines_.earliest();
}

std::int64_t admission::earliest_deadline() {
  const std::lock_guard lock(mutex_);
  return deadlines_.earliest();
}

bool admission::cancel(operation& op) {
  operation_list out;
  const std::lock_guard lock(mutex_);
  if (op.where != operation::place::waiting && op.where != operation::place::waiting_aside) return false;
  drop(op, out);
  tidy();
  return true;
}

void admission::close(operation_list& out) {
  {
    const std::lock_guard lock(mutex_);
    closed_.store(true, std::memory_order_release);
  }
  cancel_if([](const operation&) { return true; }, out);
}

bool admission::take_news(operation_list& calmed) {
  const std::lock_guard lock(mutex_);
  news_.store(false, std::memory_order_relaxed);
  while (operation* const op = calmed_.pop_front())
    calmed.push_back(*op);
  return log_.take_duty();
}

bool admission::take_seemed_more() {
  const std::lock_guard lock(mutex_);
  return std::exchange(seemed_more_, false);
}

std::uint64_t admission::ops() const noexcept {
  const std::uint64_t ops = word_.ops();
  return ops - std::min(ops, credits_.left().ops);
}

std::uint64_t admission::bytes() const noexcept {
  const std::uint64_t bytes = word_.bytes();
  return bytes - std::min(bytes, credits_.left().bytes);
}

std::uint64_t admission::outstanding() const noexcept {
  for (;;) {
    const std::uint64_t unused = unused_.load(std::memory_order_seq_cst);
    const std::uint64_t version = credits_.version();
    const std::uint64_t ops = word_.ops();
    const std::uint64_t left = credits_.left().ops;
    if (version % 2 != 0) return std::max<std::uint64_t>(ops, 1);
    if (unused_.load(std::memory_order_seq_cst) == unused && credits_.version() == version)
      return ops - left - unused % one_change + pending_.load(std::memory_order_seq_cst);
  }
}

std::optional<pressure_level> admission::fetch_change() {
  const std::lock_guard lock(mutex_);
  return log_.fetch();
}

void admission::observe_changes(bool wanted) {
  const std::lock_guard lock(mutex_);
  log_.observe(wanted);
}

std::size_t admission::waiting() {
  const std::lock_guard lock(mutex_);
  return all_waiters();
}

level_history admission::history() {
  const std::lock_guard lock(mutex_);
  return log_.history(steady_now());
}

admission::acquired admission::wait_for_level(operation& op) {
  const std::lock_guard lock(mutex_);
  if (closed_.load(std::memory_order_relaxed)) return acquired::stopped;
  if (op.cancellable && op.cancel.wanted()) return acquired::cancelled;
  if (word_.level() <= wanted_by(op)) return acquired::taken;
  wait_in(calm_, op);
  return acquired::waiting;
}

admission::acquired admission::wait_aside(operation& op) {
  wait_in(aside_, op);
  return acquired::waiting;
}

void admission::wait_in(operation_list& list, operation& op) {
  if (op.deadline != never) deadlines_.insert(op);
  op.where = operation::place::waiting_aside;
  list.push_back(op);
  pending_.fetch_add(1, std::memory_order_seq_cst);
}

bool admission::comes_first(const operation& op) const noexcept {
  if (queue_[0].empty() && queue_[1].empty()) return true;
  return op.priority == turns_.next() && queue(op.priority).empty();
}

operation* admission::first_waiter() const noexcept {
  const operation_list& high = queue(priority::high);
  const operation_list& normal = queue(priority::normal);
  if (high.empty() || normal.empty()) return high.empty() ? normal.front() : high.front();
  return queue(turns_.next()).front();
}

void admission::grant(operation_list& granted) {
  if (!aside_.empty() || first_waiter() != nullptr) take_credits_back();
  for (; patient_ < max_patient_ && !aside_.empty(); ++patient_)
    enqueue(*aside_.pop_front());
  while (operation* const op = first_waiter()) {
    if (!take_or_announce(op->bytes, true)) break; // who came from aside is not announced yet
    count_turn(*op);
    take_out(*op, granted);
  }
  tidy();
}

bool admission::take(std::uint64_t bytes) {
  const pressure_level before = word_.level();
  const bool took = word_.take_for_waiter(bytes) == admission_word::taken::taken;
  note_level(before);
  return took;
}

bool admission::take_limited(const operation& op) {
  if (!take(op.bytes)) return false;
  if (is_limited(op)) ++patient_;
  count_turn(op);
  return true;
}

bool admission::take_or_announce(std::uint64_t bytes, bool overtakes) {
  const pressure_level before = word_.level();
  const bool took = word_.queue_or_take(bytes, overtakes) == admission_word::taken::taken;
  note_level(before);
  return took;
}

/// `op` has its permit, and may still be in the queue.
void admission::count_turn(const operation& op) noexcept {
  const priority other = op.priority == priority::high ? priority::normal : priority::high;
  turns_.gone(op.priority, !queue(other).empty());
}

void admission::enqueue(operation& op) noexcept {
  op.where = operation::place::waiting;
  queue(op.priority).push_back(op);
}

/// Out of the queue without a permit.
void admission::drop(operation& op, operation_list& into) noexcept {
  if (op.where == operation::place::waiting && is_limited(op)) --patient_;
  take_out(op, into);
}

void admission::take_out(operation& op, operation_list& into) noexcept {
  deadlines_.erase(op);
  if (op.where == operation::place::waiting)
    queue(op.priority).erase(op);
  else
    (op.code == op_code::wait_level ? calm_ : aside_).erase(op);
  op.where = operation::place::nowhere;
  pending_.fetch_sub(1, std::memory_order_seq_cst);
  into.push_back(op);
}

void admission::tidy() noexcept {
  if (!queue_[0].empty() || !queue_[1].empty()) return;
  word_.no_more_waiters();
  turns_ = {};
}

void admission::note_level(pressure_level before) {
  const pressure_level now = word_.level();
  if (now == before) return;
  log_.enter(now, steady_now());
  for (operation *op = calm_.front(), *next = nullptr; op != nullptr; op = next) {
    next = op->next;
    if (wanted_by(*op) >= now) take_out(*op, calmed_);
  }
  news_.store(true, std::memory_order_relaxed);
}

} // namespace shardbridge::detail
