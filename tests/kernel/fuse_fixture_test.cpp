// Goal: fuse_fixture does what its header says, so that other tests may believe it, and leaves nothing behind.
// Method: each fault seen through ordinary system calls; the end of the fixture and of a killed process by what is
// left.
#include "ring_test.hpp"

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <thread>

#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

namespace kernel_tests {
namespace {

using namespace shardbridge::fixtures;
using clock = std::chrono::steady_clock;

class fuse_faults : public testing::Test {
 protected:
  void SetUp() override {
    NEED_FUSE();
    fuse = std::make_unique<fuse_fixture>();
    file = fuse->make_file("file", 1000);
  }

  std::unique_ptr<fuse_fixture> fuse;
  std::string file;
  std::string buffer = std::string(4096, '\0');
};

TEST_F(fuse_faults, without_faults_it_is_a_file_system) {
  const descriptor opened(::open(file.c_str(), O_RDWR | O_CLOEXEC));
  EXPECT_EQ(::pwrite(opened, "xyz", 3, 2000), 3);
  EXPECT_EQ(::pread(opened, buffer.data(), 4096, 0), 2003);
  EXPECT_EQ(buffer.substr(0, 1000), make_pattern(1000));
  EXPECT_EQ(buffer.substr(1999, 4), std::string("\0xyz", 4));
  EXPECT_EQ(::fsync(opened), 0);
  EXPECT_EQ(::ftruncate(opened, 10), 0);
  EXPECT_EQ(std::filesystem::file_size(file), 10u);
  std::filesystem::rename(file, fuse->path("new"));
  EXPECT_FALSE(std::filesystem::exists(file));
  std::vector<std::string> names;
  for (const auto& at : std::filesystem::directory_iterator(fuse->mount_point()))
    names.push_back(at.path().filename());
  EXPECT_EQ(names, std::vector<std::string>{"new"});
  EXPECT_TRUE(std::filesystem::remove(fuse->path("new")));
  EXPECT_FALSE(std::filesystem::exists(fuse->path("new")));
}

TEST_F(fuse_faults, every_operation_can_fail) {
  const descriptor opened(::open(file.c_str(), O_RDWR | O_CLOEXEC));
  for (std::size_t each = 0; each != fuse_op_count; ++each)
    fuse->set(static_cast<fuse_op>(each), {.error = EREMOTEIO});
  struct stat what {};
  const auto errno_of = [](ssize_t result) { return result == -1 ? errno : 0; };
  EXPECT_EQ(errno_of(::open(file.c_str(), O_RDONLY | O_CLOEXEC)), EREMOTEIO);
  EXPECT_EQ(errno_of(::pread(opened, buffer.data(), 10, 0)), EREMOTEIO);
  EXPECT_EQ(errno_of(::pwrite(opened, "x", 1, 0)), EREMOTEIO);
  EXPECT_EQ(errno_of(::fsync(opened)), EREMOTEIO);
  EXPECT_EQ(errno_of(::fstat(opened, &what)), EREMOTEIO);
  EXPECT_EQ(errno_of(::rename(file.c_str(), fuse->path("new").c_str())), EREMOTEIO);
  fuse->clear();
  EXPECT_EQ(::pread(opened, buffer.data(), 10, 0), 10);
}

TEST_F(fuse_faults, reads_and_writes_can_be_short) {
  const descriptor opened(::open(file.c_str(), O_RDWR | O_CLOEXEC));
  fuse->set(fuse_op::read, {.at_most = 7});
  fuse->set(fuse_op::write, {.at_most = 5});
  EXPECT_EQ(::pread(opened, buffer.data(), 100, 0), 7);
  EXPECT_EQ(::pwrite(opened, buffer.data(), 100, 0), 5);
}

TEST_F(fuse_faults, a_delay_holds_up_nobody_else) {
  const descriptor opened(::open(file.c_str(), O_RDWR | O_CLOEXEC));
  fuse->set(fuse_op::read, {.delay = 300ms});
  const auto before = clock::now();
  std::thread reader([&] { EXPECT_EQ(::pread(opened, buffer.data(), 10, 0), 10); });
  EXPECT_TRUE(fuse->wait_started(fuse_op::read, 1));
  EXPECT_EQ(std::filesystem::file_size(file), 1000u);
  EXPECT_EQ(fuse->finished(fuse_op::read), 0u);
  reader.join();
  EXPECT_GE(clock::now() - before, 300ms);
}

TEST_F(fuse_faults, a_hang_lasts_until_released) {
  const descriptor opened(::open(file.c_str(), O_RDWR | O_CLOEXEC));
  fuse->set(fuse_op::fsync, {.hang = true});
  std::thread syncer([&] { EXPECT_EQ(::fsync(opened), 0); });
  EXPECT_TRUE(fuse->wait_started(fuse_op::fsync, 1));
  std::this_thread::sleep_for(20ms);
  EXPECT_EQ(fuse->finished(fuse_op::fsync), 0u);
  fuse->release();
  syncer.join();
}

TEST_F(fuse_faults, the_end_of_the_fixture_releases_and_unmounts) {
  const std::filesystem::path mount_point = fuse->mount_point();
  const descriptor opened(::open(file.c_str(), O_RDWR | O_CLOEXEC));
  fuse->set(fuse_op::read, {.hang = true});
  std::thread reader([&] { EXPECT_EQ(::pread(opened, buffer.data(), 10, 0), 10); });
  EXPECT_TRUE(fuse->wait_started(fuse_op::read, 1));
  fuse.reset();
  reader.join();
  EXPECT_FALSE(std::filesystem::exists(mount_point));
}

TEST_F(fuse_faults, some_at_random_and_all_that_were_asked_for) {
  const descriptor opened(::open(file.c_str(), O_RDWR | O_CLOEXEC));
  fuse->set_random(7, 1'000'000);
  int failed = 0;
  int cut_short = 0;
  for (int each = 0; each < 60; ++each) {
    const ssize_t came = ::pread(opened, buffer.data(), 1000, 0);
    failed += came < 0 ? 1 : 0;
    cut_short += came >= 0 && came < 1000 ? 1 : 0;
  }
  EXPECT_GT(failed, 0);
  EXPECT_GT(cut_short, 0);
  std::uint64_t met = 0;
  for (std::size_t each = 1; each < random_fault_count; ++each)
    met += fuse->met(static_cast<random_fault>(each));
  EXPECT_EQ(met, 60U);
  EXPECT_EQ(fuse->met(random_fault::eio) + fuse->met(random_fault::eintr), static_cast<std::uint64_t>(failed));
  fuse->set_random(7, 0);
  for (int each = 0; each < 60; ++each)
    EXPECT_EQ(::pread(opened, buffer.data(), 1000, 0), 1000);
}

TEST_F(fuse_faults, what_is_removed_is_forgotten) {
  ASSERT_EQ(fuse->kept(), 1U);
  {
    const std::string removed = fuse->make_file("removed", 1000);
    const descriptor opened(::open(removed.c_str(), O_RDWR | O_CLOEXEC));
    EXPECT_EQ(::unlink(removed.c_str()), 0);
    EXPECT_EQ(::pread(opened, buffer.data(), 4096, 0), 1000) << "open files still show it";
    EXPECT_EQ(fuse->kept(), 2U);
  }
  const std::string replaced = fuse->make_file("replaced", 1000);
  std::filesystem::rename(file, replaced);
  for (const auto end = clock::now() + std::chrono::seconds(10); fuse->kept() > 1 && clock::now() < end;)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  EXPECT_EQ(fuse->kept(), 1U);
}

TEST(fixtures_of_a_killed_process, are_cleaned_up) {
  NEED_FUSE();
  ASSERT_EQ(::prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    try {
      const fuse_fixture fuse;
      const std::string where = fuse.mount_point();
      [[maybe_unused]] const ssize_t told = ::write(ends[1], where.data(), where.size());
      ::raise(SIGKILL);
    } catch (const std::exception&) {
      ::_exit(1); // the parent reads the end of the pipe
    }
  }
  const descriptor from(ends[0]);
  descriptor(ends[1]).close();
  std::string where(4096, '\0');
  const ssize_t got = ::read(from, where.data(), where.size());
  ASSERT_GT(got, 0);
  where.resize(static_cast<std::size_t>(got));
  EXPECT_EQ(::waitpid(child, nullptr, 0), child);
  EXPECT_GT(::waitpid(-1, nullptr, 0), 0) << "the file system's process comes to us, since we are a subreaper";
  EXPECT_EQ(::prctl(PR_SET_CHILD_SUBREAPER, 0), 0);
  EXPECT_FALSE(std::filesystem::exists(where)) << where << " is still there";
}

} // namespace
} // namespace kernel_tests
