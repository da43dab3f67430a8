// Goal: tests can run the benchmark program as a user does, and see all that the user sees.
// Method: fork and exec, with both outputs going to files.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace shardbridge::bench {

/// A folder that is removed with everything in it.
class scratch_folder {
 public:
  scratch_folder();
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;
  ~scratch_folder();

  const std::filesystem::path& path() const { return path_; }
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }
  /// Names in it, sorted.
  std::vector<std::string> entries() const;

 private:
  std::filesystem::path path_;
};

struct program_result {
  int exit_code = -1; ///< 128 + the signal, if one ended it.
  std::string out;
  std::string err;
};

struct program_setting {
  std::string temporary_folder{}; ///< TMPDIR; empty: the test's own.
  bool as_nobody = false;         ///< Give up root first.
  std::string small_disk{};       ///< Mount a file system of 2 MiB here, seen by the program alone.
};

/// The exit code when the setting could not be made (no root, no such mount).
inline constexpr int setting_impossible = 99;

/// A run of the program, started by the constructor.
class program_run {
 public:
  explicit program_run(const std::vector<std::string>& arguments, const program_setting& setting = {});
  program_run(const program_run&) = delete;
  program_run& operator=(const program_run&) = delete;
  ~program_run();

  void signal(int number) const;
  /// What it has written to stderr so far.
  std::string err_so_far() const;
  program_result wait();

 private:
  scratch_folder outputs_;
  pid_t pid_ = -1;
};

inline program_result run_program(const std::vector<std::string>& arguments, const program_setting& setting = {}) {
  return program_run(arguments, setting).wait();
}

/// A file of blocks that --verify accepts.
std::string make_verified_file(const scratch_folder& folder, std::uint64_t blocks, std::uint64_t block = 4096);

} // namespace shardbridge::bench
