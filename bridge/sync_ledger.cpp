#include <shardbridge/detail/sync_ledger.hpp>

#include <shardbridge/detail/operation.hpp>

#include <algorithm>
#include <cerrno>

namespace shardbridge::detail {
namespace {

/// Not those that refuse the sync itself, of which nothing can be concluded about data.
bool means_lost_data(int error) noexcept {
  switch (error) {
  case 0:
  case EBADF:
  case EINVAL:
  case EROFS:
  case ENOSYS:
  case EOPNOTSUPP:
  case EINTR:
  case EAGAIN:
  case ENOMEM:
  case ECANCELED:
    return false;
  default:
    return true;
  }
}

op_result result_of(int error) noexcept {
  return error == 0 ? op_result{} : op_result{result_kind::system_error, error, 0};
}

} // namespace

sync_ledger::ticket sync_ledger::begin() {
  const std::lock_guard lock(mutex_);
  running_.push_back(next_);
  return next_++;
}

bool sync_ledger::end(ticket which, int error, operation* successful, released& out) {
  const std::lock_guard lock(mutex_);
  ended(which, error, out);
  if (successful == nullptr) return false;
  if (!over(next_)) {
    held_.push_back({successful, next_});
    return true;
  }
  successful->result = result_of(error_);
  return false;
}

int sync_ledger::end_and_wait(ticket which, int error, released& out) {
  std::unique_lock lock(mutex_);
  ended(which, error, out);
  if (error != 0) return error;
  changed_.wait(lock, [this, until = next_] { return over(until); });
  return error_;
}

bool sync_ledger::withdraw(const operation& op) {
  const std::lock_guard lock(mutex_);
  return std::erase_if(held_, [&op](const waiter& each) { return each.op == &op; }) != 0;
}

void sync_ledger::ended(ticket which, int error, released& out) {
  std::erase(running_, which);
  if (error_ == 0 && means_lost_data(error)) error_ = error;
  std::erase_if(held_, [&](const waiter& each) {
    if (!over(each.until)) return false;
    each.op->result = result_of(error_);
    out.push_back(each.op);
    return true;
  });
  changed_.notify_all();
}

/// Whether a success that waits for all that are older can be judged.
bool sync_ledger::over(ticket until) const {
  return error_ != 0 || std::ranges::all_of(running_, [until](ticket each) { return each >= until; });
}

} // namespace shardbridge::detail
