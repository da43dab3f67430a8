// The other end of child_process: a program that the benchmark runs, for what needs a process of its own. It is told
// what to do by lines of JSON and answers by lines of JSON.
#pragma once

#include "failure.hpp"
#include "interrupt.hpp"

#include <nlohmann/json.hpp>

#include <exception>
#include <iostream>

namespace shardbridge::bench {

/// At once: who asked is waiting.
inline void answer(const auto& value) {
  std::cout << value << std::endl;
}

/// What main() of such a program does: `serve`, whose failure is answered too. Returns the exit code.
inline int run_companion(void (*serve)()) {
  install_interrupt_handlers();
  try {
    serve();
  } catch (const std::exception& failure) {
    answer(nlohmann::json{{"failure", failure.what()}});
    return static_cast<int>(exit_code::run_failed);
  }
  return static_cast<int>(exit_code::ok);
}

} // namespace shardbridge::bench
