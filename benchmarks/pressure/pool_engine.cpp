#include "engines.hpp"

#include "../common/descriptor.hpp"
#include "../common/failure.hpp"

#include <boost/asio/post.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <atomic>

namespace shardbridge::bench {
namespace {

namespace asio = boost::asio;

class unbounded_pool final : public pressure_engine {
 public:
  unbounded_pool(const pressure_setting& what, const engine_place& where)
      : listener_(where.listener), service_(where.service),
        file_(::open(where.path.c_str(), O_RDONLY | O_CLOEXEC | (what.direct ? O_DIRECT : 0))),
        workers_(what.pool_threads) {
    if (file_.get() < 0) throw run_failure("pool: cannot open the file: " + errno_text());
  }

  ~unbounded_pool() override { workers_.join(); }

  void initiate(operation& what) override {
    posted_.fetch_add(1, std::memory_order_relaxed);
    asio::post(workers_, [this, &what] { work(what); });
  }

  queue_state state() const override {
    // In this order, so that the difference is never negative.
    const auto done = done_.load(std::memory_order_acquire);
    const auto posted = posted_.load(std::memory_order_relaxed);
    queue_state result;
    result.accepted = posted;
    result.queued = posted - done;
    return result;
  }

  void give_up() override { given_up_.store(true, std::memory_order_relaxed); }

 private:
  void work(operation& what) {
    const bool abandoned = given_up_.load(std::memory_order_relaxed);
    const ssize_t got =
        abandoned ? 0 : ::pread(file_.get(), what.buffer.data(), what.buffer.size(), static_cast<off_t>(what.offset));
    const int error = got < 0 ? errno : 0;
    asio::post(service_, [this, &what, abandoned, got, error] {
      done_.fetch_add(1, std::memory_order_release);
      if (abandoned)
        listener_.abandoned(what);
      else if (got == static_cast<ssize_t>(what.buffer.size()))
        listener_.completed(what);
      else
        listener_.failed(what, got < 0 ? errno_text(error) : "short read of " + std::to_string(got) + " bytes");
    });
  }

  operation_listener& listener_;
  asio::thread_pool& service_;
  unique_descriptor file_;
  std::atomic<std::uint64_t> posted_{0};
  std::atomic<std::uint64_t> done_{0};
  std::atomic<bool> given_up_{false};
  asio::thread_pool workers_;
};

} // namespace

std::unique_ptr<pressure_engine> make_unbounded_pool(const pressure_setting& what, const engine_place& where) {
  return std::make_unique<unbounded_pool>(what, where);
}

} // namespace shardbridge::bench
