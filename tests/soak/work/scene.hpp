// One driver with all that works on it: a group of shards, bridges, a notifier, and the accounts of it.
#pragma once

#include "../decisions/block.hpp"
#include "../decisions/dice.hpp"
#include "../decisions/harm.hpp"
#include "counted.hpp"
#include "gate.hpp"

#include <mutex>

namespace shardbridge::soak {

/// What workers of all scenes share.
struct surroundings {
  asio::thread_pool& pool;
  gate& pause;
  findings& wrong;
  std::uint64_t seed = 0;
  std::size_t shards = 2;
  std::string folder; ///< of a real file system
  std::string broken; ///< of one whose operations fail at times; empty: there is none
  harm planted = harm::none;
};

class scene {
 public:
  scene(const surroundings& with, backend on, std::uint64_t number);

  const surroundings& around;
  const std::uint64_t number;
  accounts to;
  shard_group group;
  buffer_pool buffers{{.bytes = std::size_t{8} << 20, .largest = 64 << 10}};
  bridge wide;   ///< operations wait
  bridge narrow; ///< operations are refused
  bridge levels; ///< small, with marks that are passed again and again
  notifier note;
  std::atomic<std::uint64_t> levels_told = 0; ///< of `levels`
  std::atomic<pressure_level> level_told = pressure_level::normal;

  /// Dice of a step of a worker of this scene.
  [[nodiscard]] dice roll(std::uint64_t worker, std::uint64_t step) const {
    return {around.seed, number << 32 | worker, step};
  }
  /// A strand of the pool.
  [[nodiscard]] asio::any_io_executor new_strand() const { return asio::make_strand(around.pool.get_executor()); }

  /// A file that may still be there, or come into being: it is removed when nothing is under way.
  void remove_later(std::string path);
  /// While nothing is under way.
  void remove_leftovers();
  /// What is wrong while nothing is under way.
  [[nodiscard]] std::vector<std::string> audit() const;

 private:
  std::mutex mutex_;
  std::vector<std::string> leftovers_;
};

/// Someone who works in a scene. It is started once, passes the gate before each piece of work, and ends when that has
/// ended; it is destroyed after the pool.
class worker {
 public:
  virtual ~worker() = default;
  virtual void start() = 0;
  /// At a quiet point: nothing of the scene is in the kernel.
  virtual void rest() {}
};

/// Runs the steps of a worker, each behind the gate, until the gate has ended.
template <class Step>
void run_steps(scene& in, const asio::any_io_executor& on, Step step) {
  in.around.pause.enter();
  const auto run = [](scene& its, Step each) -> asio::awaitable<void> {
    while (true) {
      const bool goes_on = co_await its.around.pause.pass();
      if (!goes_on) break;
      co_await each();
    }
  };
  asio::co_spawn(on, run(in, std::move(step)), [&in](const std::exception_ptr& thrown) {
    if (thrown) in.to.tell("a worker ended: " + text_of(thrown));
    in.around.pause.leave();
  });
}

using workers = std::vector<std::unique_ptr<worker>>;
void add_file_workers(scene& in, workers& to);
void add_path_workers(scene& in, workers& to);
void add_shard_workers(scene& in, workers& to);
void add_pressure_workers(scene& in, workers& to);
void add_life_workers(scene& in, workers& to);
void add_harm(scene& in, workers& to);

} // namespace shardbridge::soak
