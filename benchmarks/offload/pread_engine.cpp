#include "engines.hpp"

#include "../common/memory.hpp"
#include "../common/thread_team.hpp"
#include "blocking_transfer.hpp"
#include "sleep_until_due.hpp"
#include "timed_round.hpp"

#include <algorithm>
#include <deque>

namespace shardbridge::bench {
namespace {

/// Nothing is handed over: each of the clients' threads does the operations of its clients itself, one after the other.
/// What is cached cannot be had faster, so this is the limit of reads that the initiating thread makes.
class pread_engine final : public engine {
 public:
  pread_engine(const workload& what, block_ledger* ledger)
      : shared_(what, ledger), file_(open_for(what, "pread")), buffers_(what.depth, what.block),
        threads_(std::min(what.client_threads, what.depth)) {
    for (unsigned i = 0; i != what.depth; ++i)
      clients_.emplace_back(shared_, i, buffers_[i]);
  }

  round_result run_round(double seconds) override {
    return timed_round(shared_, seconds, [&] { threads_.run([&](std::size_t thread) { serve(thread); }); });
  }

 private:
  /// In turn, so that as much memory is read into as by the other engines.
  void serve(std::size_t thread) {
    for (std::size_t i = thread; clients_[i].next() && sleep_until_due(clients_[i]);
         i = i + threads_.size() < clients_.size() ? i + threads_.size() : thread) {
      const auto [error, bytes] = blocking_transfer(file_.get(), clients_[i]);
      error != 0 ? clients_[i].failed(errno_text(error)) : clients_[i].completed(bytes);
    }
  }

  load shared_;
  const unique_descriptor file_;
  buffer_set buffers_;
  std::deque<block_client> clients_;
  thread_team threads_;
};

} // namespace

std::unique_ptr<engine> make_pread_engine(const workload& what, block_ledger* ledger) {
  return std::make_unique<pread_engine>(what, ledger);
}

} // namespace shardbridge::bench
