// Goal: where a machine refuses io_uring, descriptors, threads or locked memory, a service starts on what is left, or
// is told in a sentence what is missing; it is never left hanging. Method: a service of a program's own, run by a
// launcher that takes things away for good before it starts.
#include <child_program.hpp>
#include <temporary_folder.hpp>

#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

namespace {

using shardbridge::fixtures::program_result;

class a_refused_service : public testing::Test {
 protected:
  a_refused_service() {
    // For whoever the service runs as.
    std::filesystem::permissions(folder.path(), std::filesystem::perms::all);
  }

  program_result start(std::vector<std::string> refused, const std::string& backend = "automatic",
                       const std::string& entries = "64") {
    std::vector<std::string> words{SHARDBRIDGE_REFUSED};
    words.insert(words.end(), refused.begin(), refused.end());
    words.insert(words.end(), {"--", SHARDBRIDGE_REFUSAL_SERVICE, backend, entries, (folder.path() / "file").string()});
    return shardbridge::fixtures::run_program(words);
  }
  static bool says(const program_result& ended, const std::string& sentence) {
    return ended.err.find(sentence) != std::string::npos;
  }
  static bool served(const program_result& ended) { return ended.exit_code == 0 && ended.out == "served\n"; }

  shardbridge::fixtures::temporary_folder folder;
  /// Nobody's: with no other threads, and without root's privileges.
  const std::vector<std::string> as_another{"--uid", "61234"};
};

struct refusal {
  const char* error;
  const char* sentence;
};

TEST_F(a_refused_service, runs_on_threads_where_io_uring_is_forbidden_and_says_why) {
  for (const auto& [error, sentence] :
       {refusal{"EPERM", "Operation not permitted (by a seccomp filter, as containers have one)"},
        refusal{"ENOSYS", "Function not implemented"}, refusal{"EACCES", "Permission denied"}}) {
    const program_result ended = start({"--io-uring", error});
    EXPECT_TRUE(served(ended)) << ended.err;
    EXPECT_EQ(ended.err, std::string("shardbridge: 1 shard on a thread pool: io_uring cannot be used: io_uring_setup "
                                     "failed: ") +
                             sentence + "; instead: up to 16 threads a shard, and epoll\n");
  }
}

TEST_F(a_refused_service, fails_with_the_reason_where_nothing_else_will_do) {
  const program_result ended = start({"--io-uring", "EPERM"}, "io_uring");
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_TRUE(says(ended, "refusal_service: io_uring cannot be used: io_uring_setup failed: Operation not permitted"))
      << ended.err;
}

TEST_F(a_refused_service, does_without_locked_memory) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can become another user";
  std::vector<std::string> refused = as_another;
  refused.insert(refused.end(), {"--memlock", "0"});
  const program_result ended = start(refused, "automatic", "4096");
  EXPECT_TRUE(served(ended)) << ended.err;
}

TEST_F(a_refused_service, says_that_descriptors_are_missing) {
  for (const char* const backend : {"automatic", "io_uring", "thread_pool"}) {
    // Fewer are what the loader needs.
    for (const char* const most : {"4", "5", "6", "7", "8"}) {
      const program_result ended = start({"--nofile", most}, backend);
      if (served(ended)) continue;
      EXPECT_EQ(ended.exit_code, 1) << backend << ", " << most << ": " << ended.err;
      EXPECT_TRUE(says(ended, "Too many open files")) << backend << ", " << most << ": " << ended.err;
    }
    EXPECT_TRUE(served(start({"--nofile", "20"}, backend))) << backend;
  }
}

TEST_F(a_refused_service, says_that_it_may_have_no_thread) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can become another user";
  std::vector<std::string> refused = as_another;
  refused.insert(refused.end(), {"--nproc", "1"});
  const program_result ended = start(refused);
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_TRUE(says(ended, "no thread for shard 0: Resource temporarily unavailable")) << ended.err;
}

TEST_F(a_refused_service, works_by_itself_where_there_is_no_thread_but_the_shards) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can become another user";
  std::vector<std::string> refused = as_another;
  refused.insert(refused.end(), {"--nproc", "2"});
  const program_result ended = start(refused, "thread_pool");
  EXPECT_TRUE(served(ended)) << ended.err;
}

} // namespace
