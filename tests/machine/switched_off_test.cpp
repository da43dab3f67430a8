// Goal: where an administrator has switched io_uring off, for all or for users without rights, a service starts on
// threads and names the setting, or is told the setting if it wants nothing else; and the library does there what it
// does elsewhere. Method: the real setting of the machine; programs that are started meanwhile; then as it was.
#include "put_right.hpp"

#include <child_program.hpp>
#include <temporary_folder.hpp>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shardbridge::tests {
namespace {

using fixtures::program_result;
using fixtures::run_program;

constexpr const char* setting = "/proc/sys/kernel/io_uring_disabled";

bool set(const std::string& value) {
  const int file = ::open(setting, O_WRONLY | O_CLOEXEC);
  const bool written = file >= 0 && ::write(file, value.data(), value.size()) == static_cast<ssize_t>(value.size());
  if (file >= 0) ::close(file);
  return written;
}
std::string present() {
  std::string value;
  std::getline(std::ifstream(setting), value);
  return value;
}

class switched_off {
 public:
  explicit switched_off(const std::string& value) { EXPECT_TRUE(set(value)) << std::strerror(errno); }

 private:
  put_right after_{[before = present()] { return set(before); }};
};

class io_uring_switched_off : public testing::Test {
 protected:
  void SetUp() override {
    const std::string before = present();
    if (before.empty()) GTEST_SKIP() << "this kernel has no " << setting << ", which takes Linux 6.6";
    if (!set(before)) GTEST_SKIP() << setting << " cannot be set: " << std::strerror(errno);
    std::filesystem::permissions(folder.path(), std::filesystem::perms::all); // for whoever it runs as
  }
  [[nodiscard]] bool has_service() const { return !service().empty(); }
  static std::string service() {
#ifdef SHARDBRIDGE_REFUSAL_SERVICE
    return SHARDBRIDGE_REFUSAL_SERVICE;
#else
    return {};
#endif
  }
  /// Of a user without rights, if that is said.
  program_result start(const std::string& backend, bool as_another = false) {
    std::vector<std::string> words;
    if (as_another) words = {SHARDBRIDGE_REFUSED, "--uid", "61234", "--"};
    words.insert(words.end(), {service(), backend, "64", (folder.path() / "file").string()});
    return run_program(words);
  }
  static void expect_threads(const program_result& ended, const std::string& value) {
    EXPECT_EQ(ended.exit_code, 0) << ended.err;
    EXPECT_EQ(ended.out, "served\n");
    EXPECT_EQ(ended.err, "shardbridge: 1 shard on a thread pool: io_uring cannot be used: io_uring_setup failed: "
                         "Operation not permitted (kernel.io_uring_disabled is " +
                             value + "); instead: up to 16 threads a shard, and epoll\n");
  }
  static void expect_refused(const program_result& ended, const std::string& value) {
    EXPECT_EQ(ended.exit_code, 1);
    EXPECT_EQ(ended.err, "refusal_service: io_uring cannot be used: io_uring_setup failed: Operation not permitted "
                         "(kernel.io_uring_disabled is " +
                             value + ")\n");
  }

  fixtures::temporary_folder folder;
};

TEST_F(io_uring_switched_off, for_all_is_told_with_the_setting) {
  if (!has_service()) GTEST_SKIP() << "the service is not built with sanitizers";
  const switched_off now("2");
  expect_threads(start("automatic"), "2");
  expect_refused(start("io_uring"), "2");
}

TEST_F(io_uring_switched_off, for_users_without_rights_is_told_to_them) {
  if (!has_service()) GTEST_SKIP() << "the service is not built with sanitizers";
  const switched_off now("1");
  expect_threads(start("automatic", true), "1");
  std::filesystem::remove(folder.path() / "file");
  expect_refused(start("io_uring", true), "1");
}

TEST_F(io_uring_switched_off, leaves_the_library_what_it_does) {
#ifdef SHARDBRIDGE_INTEGRATION_TESTS
  const switched_off now("2");
  const auto ended =
      run_program({"/usr/bin/env", "--unset=GTEST_TOTAL_SHARDS", "--unset=GTEST_SHARD_INDEX",
                   SHARDBRIDGE_INTEGRATION_TESTS, "--gtest_brief=1",
                   "--gtest_filter=runs_where*:exactly_once.*:random_access.*:streams.*:by/cancellation*:"
                   "shard_files*:shard_sockets*:shard_calls*:tasks*:a_fork*"});
  EXPECT_EQ(ended.exit_code, 0) << ended.out << ended.err;
  EXPECT_NE(ended.out.find("[  PASSED  ]"), std::string::npos) << ended.out;
#else
  GTEST_SKIP() << "the tests of the library are not built here";
#endif
}

TEST_F(io_uring_switched_off, is_as_it_was_even_when_the_test_is_killed) {
  const std::string before = present();
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const switched_off now("2");
    if (present() == "2") ::raise(SIGKILL);
    ::_exit(1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status));
  for (int each = 0; present() != before && each < 1000; ++each)
    ::usleep(10'000);
  EXPECT_EQ(present(), before);
}

} // namespace
} // namespace shardbridge::tests
