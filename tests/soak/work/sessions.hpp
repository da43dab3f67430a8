// What code on shards does for a while: each session is counted by itself, and ends early if its call is cancelled.
#pragma once

#include "scene.hpp"

namespace shardbridge::soak {

/// Runs the work and counts it; false: it was disturbed. On a shard.
inline task<bool> counted_on_shard(scene& in, kind what, expectation allowed, task<> work) {
  ticket counted(in.to.book, what);
  std::exception_ptr thrown;
  try {
    co_await std::move(work);
  } catch (...) {
    thrown = std::current_exception();
  }
  in.to.settle(counted, thrown, allowed);
  co_return !thrown;
}

/// A kind of session, drawn from the dice.
task<> run_session(shard& self, scene& in, dice chance, std::string file);

task<> run_tasks(shard& self, scene& in, dice chance);
task<> run_channel(shard& self, scene& in, dice chance);
task<> run_calls(shard& self, scene& in, dice chance);
task<> run_posts(shard& self, scene& in, dice chance);
task<> run_file(shard& self, scene& in, dice chance, std::string path);
task<> run_stream(shard& self, scene& in, dice chance);
task<> run_datagrams(shard& self, scene& in, dice chance);

} // namespace shardbridge::soak
