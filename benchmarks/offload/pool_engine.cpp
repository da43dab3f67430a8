#include "engines.hpp"

#include "blocking_transfer.hpp"
#include "client_fleet.hpp"

#include <boost/asio/append.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include <utility>

namespace shardbridge::bench {
namespace {

namespace asio = boost::asio;

/// What a service does today: a pool of threads that block in pread and pwrite, and the result posted back.
class pool_engine final : public engine {
 public:
  pool_engine(const workload& what, block_ledger* ledger, unsigned threads)
      : fleet_(what, ledger), file_(open_for(what, "pool")), workers_(threads) {}

  ~pool_engine() override {
    fleet_.join();
    workers_.join();
  }

  round_result run_round(double seconds) override {
    return fleet_.run_round(
        seconds, [this](const block_client& client, auto token) { return async_transfer(client, std::move(token)); });
  }

 private:
  template <class Token>
  auto async_transfer(const block_client& client, Token token) {
    return asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
        [this](auto handler, const block_client* request) {
          auto work = asio::make_work_guard(handler, fleet_.get_executor());
          asio::post(workers_, [this, request, work = std::move(work), handler = std::move(handler)]() mutable {
            const auto [error, bytes] = transfer(*request);
            const auto executor = work.get_executor();
            asio::post(executor, asio::append(std::move(handler), error, bytes));
          });
        },
        token, &client);
  }

  std::pair<boost::system::error_code, std::size_t> transfer(const block_client& client) const {
    const auto [error, bytes] = blocking_transfer(file_.get(), client);
    return {{error, boost::system::system_category()}, bytes};
  }

  client_fleet fleet_;
  unique_descriptor file_;
  asio::thread_pool workers_;
};

} // namespace

std::unique_ptr<engine> make_pool_engine(const workload& what, block_ledger* ledger, unsigned threads) {
  return std::make_unique<pool_engine>(what, ledger, threads);
}

} // namespace shardbridge::bench
