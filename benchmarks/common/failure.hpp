#pragma once

#include <cerrno>
#include <stdexcept>
#include <string>
#include <system_error>

namespace shardbridge::bench {

/// What the program ends with; listed in `--help`.
enum class exit_code : int { ok = 0, run_failed = 1, bad_input = 2, wrong_blocks = 3, worse = 4, interrupted = 130 };

/// One sentence for the user, and the exit code that goes with it.
class failure : public std::runtime_error {
 public:
  failure(exit_code code, const std::string& sentence) : std::runtime_error(sentence), code_(code) {}
  exit_code code() const noexcept { return code_; }

 private:
  exit_code code_;
};

/// Something the user gave cannot be used.
class bad_input : public failure {
 public:
  explicit bad_input(const std::string& sentence) : failure(exit_code::bad_input, sentence) {}
};

/// Something went wrong that the user may not have caused.
class run_failure : public failure {
 public:
  explicit run_failure(const std::string& sentence) : failure(exit_code::run_failed, sentence) {}
};

inline std::string errno_text(int error = errno) {
  return std::generic_category().message(error);
}

} // namespace shardbridge::bench
