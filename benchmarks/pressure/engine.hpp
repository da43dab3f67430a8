#pragma once

#include "level_log.hpp"
#include "operation.hpp"
#include "setting.hpp"

#include <boost/asio/thread_pool.hpp>

#include <array>
#include <memory>
#include <string>

namespace shardbridge::bench {

/// What an engine holds at a moment.
struct queue_state {
  std::uint64_t accepted = 0; ///< Since the beginning.
  std::uint64_t queued = 0;   ///< Offered, and neither refused nor answered.
  std::uint64_t waiting = 0;  ///< Of these, not accepted yet.
  pressure_level level = pressure_level::normal;
  std::uint64_t level_changes = 0; ///< As the engine itself counts them.
  std::array<double, 3> seconds_in_level{};
};

/// A way to have blocks read for an Asio service, and what it does when more is offered than it can do.
class pressure_engine {
 public:
  pressure_engine() = default;
  pressure_engine(const pressure_engine&) = delete;
  pressure_engine& operator=(const pressure_engine&) = delete;
  /// When all operations have ended.
  virtual ~pressure_engine() = default;

  /// Begins an operation; the listener is told of its end, never from inside. Threads: those of the service.
  virtual void initiate(operation& what) = 0;

  virtual queue_state state() const = 0;

  /// What was not begun ends soon, without being done; nothing may be initiated any more.
  virtual void give_up() = 0;
};

/// What an engine is put into.
struct engine_place {
  boost::asio::thread_pool& service;
  std::string path; ///< Of file or device.
  operation_listener& listener;
  level_log& levels;
};

/// Throws run_failure or what the library throws.
std::unique_ptr<pressure_engine> make_engine(const pressure_setting& what, const engine_place& where);

} // namespace shardbridge::bench
