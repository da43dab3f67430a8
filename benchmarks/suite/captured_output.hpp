#pragma once

#include <iostream>
#include <sstream>
#include <string>

namespace shardbridge::bench {

/// Keeps what is written to std::cout during its life.
///
/// Threads: one, which alone writes to std::cout.
class captured_output {
 public:
  captured_output() : before_(std::cout.rdbuf(text_.rdbuf())) {}
  captured_output(const captured_output&) = delete;
  captured_output& operator=(const captured_output&) = delete;
  ~captured_output() { std::cout.rdbuf(before_); }

  [[nodiscard]] std::string text() const { return text_.str(); }

 private:
  std::ostringstream text_;
  std::streambuf* before_;
};

} // namespace shardbridge::bench
