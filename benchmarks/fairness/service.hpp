#pragma once

#include "../common/countdown.hpp"
#include "../common/incidents.hpp"
#include "../common/memory.hpp"
#include "../common/random.hpp"
#include "../handoff/io_threads.hpp"
#include "setting.hpp"
#include "shard_loads.hpp"

#include <shardbridge/shardbridge.hpp>

#include <array>
#include <cstdint>
#include <deque>
#include <exception>
#include <memory>
#include <optional>
#include <string>

namespace shardbridge::bench {

/// What one kind of load did in a round.
struct load_figures {
  std::uint64_t operations = 0;
  std::optional<double> least_per_s; ///< In any stretch of the setting's window; nothing: the round was shorter.
};

/// One subset's turn.
struct fairness_round {
  std::array<load_figures, load_kinds> loads;
  double seconds = 0;
  double computed_seconds = 0; ///< By busy tasks.
  // As the shard counts them.
  std::uint64_t turns = 0;
  std::uint64_t stalls = 0;
  incidents went_wrong;

  std::uint64_t operations() const noexcept;
  double per_s(std::size_t kind) const noexcept { return static_cast<double>(loads[kind].operations) / seconds; }
};

/// One shard, a bridge to it and the Asio service that uses that: everything any subset needs. Between rounds all of it
/// sleeps.
///
/// Threads: the one that made it.
class fairness_service {
 public:
  /// Throws run_failure, and what a shard_group does.
  explicit fairness_service(const fairness_setting& what);
  fairness_service(const fairness_service&) = delete;
  fairness_service& operator=(const fairness_service&) = delete;
  ~fairness_service();

  /// Has the shard do what is in the subset, all at once, until the time is over or the user interrupts, and returns
  /// when the last of it has ended.
  fairness_round run(const load_subset& subset, double seconds);

 private:
  using executor = boost::asio::io_context::executor_type;

  struct client {
    random_source random;
    std::span<std::byte> memory;
  };

  void start(const load_subset& subset);
  void go_on(client& who);
  void ended(client& who, const boost::system::error_code& error);
  template <class Load>
  void start_on_shard(load_kind kind, Load load);
  fairness_round watch(const load_subset& subset, double seconds);

  shard_load shared_;
  const buffer_set memory_;
  std::deque<client> clients_;
  countdown running_;
  io_threads service_;
  shard_group group_;
  basic_bridge<executor> bridge_;
  std::optional<basic_random_access_file<executor>> file_; ///< Where clients read.
};

/// A subset of loads on a service that all of them share in turn.
class fairness_engine {
 public:
  fairness_engine(std::shared_ptr<fairness_service> service, const load_subset& subset)
      : service_(std::move(service)), subset_(subset) {}

  fairness_round run_round(double seconds) { return service_->run(subset_, seconds); }

 private:
  std::shared_ptr<fairness_service> service_;
  load_subset subset_;
};

struct fairness_plan {
  load_subset subset;

  std::string label() const { return name_of(subset); }
};

} // namespace shardbridge::bench
