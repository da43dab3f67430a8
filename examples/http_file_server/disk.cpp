#include "disk.hpp"

#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <exception>

namespace http_file_server {
namespace {

/// Opens that wait for the disk are rare, and a second one shall not wait for the first.
constexpr std::size_t opener_count = 2;

/// What a stopped group does not wait for longer. It holds no memory of ours.
constexpr std::chrono::seconds shutdown_timeout(2);

int errno_of_exception(const std::exception_ptr& failed) {
  try {
    std::rethrow_exception(failed);
  } catch (const boost::system::system_error& problem) {
    return errno_of(problem.code());
  }
}

} // namespace

int errno_of(const boost::system::error_code& failed) noexcept {
  if (failed.category() == boost::system::system_category()) return failed.value();
  return failed == std::errc::timed_out ? ETIMEDOUT : EBUSY;
}

disk_threads::disk_threads(const options& from) {
  if (from.engine == engine::pool) {
    pool.emplace(from.pool_threads);
    return;
  }
  readers.emplace(shardbridge::shard_group_options{
      .shards = from.shards, .pin = from.pin, .spin = from.spin, .shutdown_timeout = shutdown_timeout});
  openers.emplace(shardbridge::shard_group_options{
      .shards = opener_count, .pin = false, .spin = std::chrono::nanoseconds(0), .shutdown_timeout = shutdown_timeout});
}

disk::disk(asio::io_context& context, disk_threads& on, const options& from, int root)
    : context_(context), read_timeout_(from.read_timeout), root_(root), direct_(from.direct) {
  if (on.pool) {
    pool_ = &*on.pool;
    return;
  }
  // What was begun must not be refused in the middle, so it waits; whether to begin is asked of try_acquire().
  reading_.emplace(
      context, *on.readers,
      shardbridge::bridge_options{.max_ops = from.max_ops, .max_bytes = from.max_bytes, .spin = from.spin});
  opening_.emplace(context, *on.openers,
                   shardbridge::bridge_options{.max_ops = from.max_ops,
                                               .when_full = shardbridge::when_full::refuse,
                                               .timeout = from.read_timeout,
                                               .spin = std::chrono::nanoseconds(0)});
  openers_ = on.openers->size();
}

// All who wait are told together, and those who go on first may well throttle it again: so look again.
awaitable<> disk::while_throttled() {
  using shardbridge::pressure_level;
  using clock = std::chrono::steady_clock;
  const clock::time_point end = clock::now() + read_timeout_;
  for (auto left = read_timeout_; level() == pressure_level::throttled && left.count() > 0; left = end - clock::now()) {
    const shardbridge::op_options limit{.timeout = left};
    const auto [failed] = co_await reading_->async_wait_level(pressure_level::normal, limit, as_tuple);
    if (failed) break;
  }
}

awaitable<opened_file> disk::open(std::string path) {
  // By names and not in the expressions that wait: gcc 12 destroys such temporaries twice.
  auto work = [root = root_, direct = direct_, path = std::move(path)] {
    return open_beneath(root, path, direct, lookup::blocking);
  };
  if (pool_ != nullptr) {
    const auto hand_over = [this](auto handler, auto open) {
      const auto back = asio::get_associated_executor(handler, context_.get_executor());
      run_on_pool(back, std::move(open), std::move(handler));
    };
    asio::use_awaitable_t<executor> token;
    opened_file out =
        co_await asio::async_initiate<decltype(token), void(opened_file)>(hand_over, token, std::move(work));
    co_return out;
  }
  const std::size_t shard = next_opener_++ % openers_;
  const auto open_there = [work = std::move(work)](shardbridge::shard&) { return work(); };
  auto [failed, opened] = co_await shardbridge::async_call(*opening_, shard, open_there, as_tuple);
  if (failed) opened.error = errno_of_exception(failed);
  co_return std::move(opened);
}

void disk::adopt(disk_file& file) {
  if (!reading_) return;
  boost::system::error_code failed;
  file.through_bridge.emplace(*reading_);
  file.through_bridge->assign(file.facts.fd.get(), failed);
  if (failed)
    file.facts.error = errno_of(failed);
  else
    static_cast<void>(file.facts.fd.release());
}

disk::read_result disk::read_now(int fd, std::uint64_t at, buffer into) noexcept {
  ssize_t bytes = -1;
  do // once, since of a regular file only its end makes a read short
    bytes = ::pread(fd, into.data(), into.size(), static_cast<off_t>(at));
  while (bytes < 0 && errno == EINTR);
  read_result out{.failed = {}, .bytes = bytes > 0 ? static_cast<std::size_t>(bytes) : 0, .memory = std::move(into)};
  if (bytes < 0) out.failed = {errno, boost::system::system_category()};
  if (bytes == 0) out.failed = asio::error::eof;
  return out;
}

} // namespace http_file_server
