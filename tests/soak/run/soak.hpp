// Goal: run everything at once for a while and tell what it came to. Method: scenes, one a driver, whose workers go on
// by themselves; this waits, watches for hangs, and at quiet points looks at everything that must come out even.
#pragma once

#include "../decisions/watchdog.hpp"
#include "../work/scene.hpp"
#include "options.hpp"
#include "progress_line.hpp"
#include "report.hpp"

#include <fuse_fixture.hpp>
#include <temporary_folder.hpp>

#include <atomic>
#include <deque>
#include <optional>

namespace shardbridge::soak {

class soak {
 public:
  using clock = std::chrono::steady_clock;

  explicit soak(const options& how);

  /// Until the time is over or `stop` is set. It may end the process, where something hangs.
  report run(const std::atomic<bool>& stop);

 private:
  void start();
  void wait(clock::time_point until, const std::atomic<bool>& stop);
  void quiet_point();
  void finish();
  void watch();
  void show();
  void collect();
  [[nodiscard]] std::vector<std::string> audit() const;
  void end_groups();
  [[noreturn]] void give_up(const std::string& sentence);
  [[nodiscard]] double seconds_gone() const;

  const options how_;
  const fixtures::temporary_folder folder_;
  std::optional<fixtures::fuse_fixture> fuse_; ///< before any thread
  report told_;
  findings wrong_;
  gate pause_;
  const clock::time_point began_;
  std::optional<asio::thread_pool> pool_;
  std::optional<surroundings> around_;
  std::deque<scene> scenes_;
  std::deque<watchdog> dogs_;
  workers workers_;
  progress_line line_;
};

} // namespace shardbridge::soak
