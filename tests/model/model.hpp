// What the models share: Relacy in the place of std::atomic, and the run of a model that must hold or must fail.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <fstream>
#include <functional>
#include <iostream>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

// After every standard header: it redefines new, delete and the memory orders.
#include <relacy/relacy.hpp>

#define SHARDBRIDGE_MODEL_ATOMICS
namespace shardbridge::detail {
using namespace rl;
}

namespace shardbridge::model {

/// Whether no interleaving of `iterations` random ones violates the model.
template <class Model>
bool holds(unsigned long iterations) {
  rl::test_params params;
  params.iteration_count = iterations;
  params.search_type = rl::sched_random;
  std::ofstream quiet("/dev/null"); // a stream that allocates would meet Relacy's own allocator
  params.output_stream = &quiet;
  params.progress_stream = &quiet;
  return rl::simulate<Model>(params);
}

template <class Model>
bool must_hold(const char* name) {
  const bool sound = holds<Model>(1'000'000);
  std::printf("%s: %s\n", name, sound ? "holds" : "BROKEN");
  return sound;
}

/// A planted mistake that is not found shows that the model proves nothing.
template <class Model>
bool must_fail(const char* name) {
  const bool caught = !holds<Model>(1'000'000);
  std::printf("  planted: %s: %s\n", name, caught ? "found" : "NOT FOUND");
  return caught;
}

} // namespace shardbridge::model
