#pragma once

#include "client.hpp"
#include "setting.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace shardbridge::bench {

/// A server that answers what it is sent, on one thread, pinned to a core. Its destructor ends it.
class echo_server {
 public:
  virtual ~echo_server() = default;
  virtual std::uint16_t port() const = 0;
};

/// What one round gave.
struct echo_round {
  client_account seen;
  double server_cpu_seconds = 0; ///< Of `seen`, with the kernel's share.
  /// Of the server, a request; from a part of the round that is not timed. Nothing: they cannot be counted here.
  std::optional<double> system_calls;

  std::uint64_t operations() const noexcept { return seen.requests; }
};

/// A server with its client.
class echo_engine {
 public:
  echo_engine(std::unique_ptr<echo_server> server, const echo_setting& what, const echo_cpus& cpus);

  echo_round run_round(double seconds);

 private:
  std::unique_ptr<echo_server> server_;
  const echo_cpus cpus_;
  echo_client client_;
};

struct echo_plan {
  std::string name; ///< As in the JSON.
  std::unique_ptr<echo_server> (*serve)(const echo_setting& what, int cpu);

  const std::string& label() const noexcept { return name; }
};

/// One plan for each name. Throws bad_input for a name that is none.
std::vector<echo_plan> plan_echo(const std::vector<std::string>& names);

std::unique_ptr<echo_server> serve_by_asio(const echo_setting& what, int cpu);
/// Into the shard's memory.
std::unique_ptr<echo_server> serve_by_shard(const echo_setting& what, int cpu);
/// Into memory of each connection's own.
std::unique_ptr<echo_server> serve_by_shard_directly(const echo_setting& what, int cpu);

} // namespace shardbridge::bench
