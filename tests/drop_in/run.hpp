// Goal: a test sees all that a user of a program sees. Method: fork and exec, with input and outputs in files.
#pragma once

#include <ostream>
#include <string>
#include <vector>

namespace shardbridge::tests {

struct program_result {
  int exit_code = -1; ///< 128 + the signal, if one ended it.
  std::string out;
  std::string err;

  bool operator==(const program_result&) const = default;
};

/// How gtest shows one.
inline std::ostream& operator<<(std::ostream& out, const program_result& shown) {
  return out << "exit code " << shown.exit_code << ", " << shown.out.size() << " bytes of output, said: " << shown.err;
}

program_result run(const std::string& program, const std::vector<std::string>& arguments,
                   const std::string& input = {});

/// Empty: Asio's own files work here. Else: why they do not, and there is nothing to compare with.
const std::string& why_no_asio_files();

} // namespace shardbridge::tests
