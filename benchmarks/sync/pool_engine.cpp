#include "../common/failure.hpp"
#include "asio_engine.hpp"

#include <boost/asio/thread_pool.hpp>

#include <unistd.h>

#include <utility>

namespace shardbridge::bench {
namespace {

namespace asio = boost::asio;

/// What a service does today: threads that block in pwrite and fdatasync, and the result posted back.
class pool_engine final : public asio_sync_engine {
 public:
  pool_engine(const sync_setting& what, unsigned threads) : asio_sync_engine(what), workers_(threads) {}
  ~pool_engine() override {
    join_clients();
    workers_.join();
  }

 private:
  void initiate(sync_client& who) override {
    asio::post(workers_, [this, &who] {
      std::string problem = commit(who);
      asio::post(context(), [this, &who, problem = std::move(problem)] {
        if (!problem.empty()) return failed(who, problem);
        count_sync();
        completed(who);
      });
    });
  }

  /// Nothing: it is durable.
  std::string commit(const sync_client& who) const {
    const auto buffer = who.buffer();
    const ssize_t n = ::pwrite(file(), buffer.data(), buffer.size(), static_cast<off_t>(who.offset()));
    if (n < 0) return errno_text();
    if (n != static_cast<ssize_t>(buffer.size())) return "short write of " + std::to_string(n) + " bytes";
    return ::fdatasync(file()) == 0 ? std::string() : errno_text();
  }

  asio::thread_pool workers_;
};

} // namespace

std::unique_ptr<sync_engine> make_sync_pool(const sync_setting& what, unsigned threads) {
  return std::make_unique<pool_engine>(what, threads);
}

} // namespace shardbridge::bench
