#pragma once

#include "../common/descriptor.hpp"
#include "../common/memory.hpp"
#include "client.hpp"
#include "setting.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace shardbridge::bench {

/// One engine's turn.
struct sync_round {
  sync_load totals;
  std::uint64_t syncs = 0; ///< fdatasyncs that the engine had made.
  double seconds = 0;      ///< From the first write's start to the last one's end.
  double cpu_seconds = 0;

  std::uint64_t operations() const noexcept { return totals.operations; }
  double ops_per_s() const noexcept { return static_cast<double>(operations()) / seconds; }
  double cpu_s_per_million() const noexcept {
    return operations() == 0 ? 0 : cpu_seconds * 1e6 / static_cast<double>(operations());
  }
  double writes_per_sync() const noexcept {
    return syncs == 0 ? 0 : static_cast<double>(operations()) / static_cast<double>(syncs);
  }
};

/// A way to get blocks written and made durable. Everything is set up by the constructor; between rounds an engine
/// sleeps.
class sync_engine {
 public:
  /// Throws run_failure.
  explicit sync_engine(const sync_setting& what);
  sync_engine(const sync_engine&) = delete;
  sync_engine& operator=(const sync_engine&) = delete;
  virtual ~sync_engine() = default;

  /// Runs all clients until the time is over or the user interrupts, returns when the last write has ended, and looks
  /// whether the file holds what every client wrote last.
  sync_round run_round(double seconds);

 protected:
  const sync_setting& what() const noexcept { return what_; }
  std::deque<sync_client>& clients() noexcept { return clients_; }
  /// The file, open for writing as the setting says.
  int file() const noexcept { return file_.get(); }
  /// An fdatasync has ended; on the clients' thread.
  void count_sync() noexcept { ++syncs_; }

 private:
  /// Runs all clients until next() has said no to each.
  virtual void run() = 0;

  void check(incidents& to) const;

  const sync_setting what_;
  buffer_set buffers_;
  unique_descriptor file_;
  sync_load shared_;
  std::deque<sync_client> clients_;
  std::uint64_t syncs_ = 0;
};

/// An engine that could be made: the same one is made anew for each depth.
struct sync_plan {
  std::string name;                     ///< As in the JSON.
  std::optional<unsigned> pool_threads; ///< Of the pool.
  std::function<std::unique_ptr<sync_engine>(const sync_setting&)> make;

  std::string label() const { return pool_threads ? name + " of " + std::to_string(*pool_threads) : name; }
};

/// One plan for each name, with a pool of each size. Throws bad_input for a name that is none.
std::vector<sync_plan> plan_sync(const std::vector<std::string>& names, const std::vector<unsigned>& pool_threads);

/// shardbridge: a write with a sync linked behind it for each client.
std::unique_ptr<sync_engine> make_sync_bridge(const sync_setting& what);
/// shardbridge: what gathers while one commit is at the device is written together and has one sync.
std::unique_ptr<sync_engine> make_sync_bridge_grouped(const sync_setting& what);
/// An asio::thread_pool: pwrite and fdatasync for each client.
std::unique_ptr<sync_engine> make_sync_pool(const sync_setting& what, unsigned threads);
/// One thread and its ring, nothing between: groups as above.
std::unique_ptr<sync_engine> make_sync_raw(const sync_setting& what);
/// The same without groups: a write with a sync linked behind it for each client.
std::unique_ptr<sync_engine> make_sync_raw_linked(const sync_setting& what);

} // namespace shardbridge::bench
