#pragma once

#include "descriptor.hpp"

#include <sys/types.h>

#include <string>

namespace shardbridge::bench {

/// A program that is talked to line by line through its stdin and stdout. Its stdin is closed, and its end awaited, by
/// the destructor.
///
/// Threads: one at a time.
class child_process {
 public:
  /// Starts `program` without arguments; `inherited` (or -1) is a descriptor that it finds open under the same number.
  /// Throws run_failure.
  child_process(const std::string& program, int inherited);
  child_process(const child_process&) = delete;
  child_process& operator=(const child_process&) = delete;
  ~child_process();

  /// Throws run_failure when the child has ended.
  void send(const std::string& line);
  /// The next line without its end; when the user interrupts meanwhile, the child is told once with SIGINT and its
  /// answer still awaited. Throws run_failure when the child has ended.
  std::string receive();

 private:
  [[noreturn]] void throw_ended() const;

  std::string program_;
  pid_t pid_ = -1;
  unique_descriptor to_;
  unique_descriptor from_;
  std::string pending_;
  bool told_ = false;
};

/// The path of a program in the same folder as this one.
std::string beside_this_program(const std::string& name);

} // namespace shardbridge::bench
