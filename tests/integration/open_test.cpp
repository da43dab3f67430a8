// Goal: opening a file means what open(2) means, on the calling thread and on a shard alike. Method: the same tests by
// both ways, results read back through ordinary system calls.
#include "support/service.hpp"

#include <temporary_folder.hpp>

#include <filesystem>
#include <fstream>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace shardbridge::tests {
namespace {

enum class way { calling_thread, shard };

class real_files_opened : public testing::TestWithParam<way> {
 protected:
  error_code open(const std::string& path, open_flags flags) {
    error_code failed;
    if (GetParam() == way::calling_thread)
      file.open(path, flags, failed);
    else
      failed = all.complete([&](auto handler) { file.async_open(path, flags, handler); }).error;
    EXPECT_EQ(file.is_open(), !failed);
    EXPECT_EQ(file.native_handle() >= 0, !failed);
    return failed;
  }
  std::string path(const char* name) const { return folder.path() / name; }
  int status_flags() { return ::fcntl(file.native_handle(), F_GETFL); }
  void write(std::string_view text, std::uint64_t offset) {
    const outcome wrote =
        all.complete([&](auto handler) { file.async_write_some_at(offset, asio::buffer(text), handler); });
    EXPECT_TRUE(wrote.succeeded()) << wrote;
    EXPECT_EQ(wrote.value, text.size());
  }
  std::string contents(const std::string& of) const {
    std::ifstream in(of, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  const fixtures::temporary_folder folder;
  service all;
  random_access_file file{all.link};
};

TEST_P(real_files_opened, created_with_mode_0666_less_the_umask) {
  const mode_t before = ::umask(027);
  EXPECT_EQ(open(path("new"), open_flags::write_only | open_flags::create), error_code());
  ::umask(before);
  struct ::stat status {};
  ASSERT_EQ(::stat(path("new").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0640U);
}

TEST_P(real_files_opened, exclusive_refuses_a_file_that_exists) {
  const auto flags = open_flags::read_write | open_flags::create | open_flags::exclusive;
  EXPECT_EQ(open(path("new"), flags), error_code());
  file.close();
  EXPECT_EQ(open(path("new"), flags), boost::system::errc::file_exists);
}

TEST_P(real_files_opened, create_keeps_what_is_there_and_truncate_drops_it) {
  const std::string old = folder.make_file("old", 1000);
  EXPECT_EQ(open(old, open_flags::write_only | open_flags::create), error_code());
  EXPECT_EQ(file.size(), 1000U);
  file.close();
  EXPECT_EQ(open(old, open_flags::write_only | open_flags::truncate), error_code());
  EXPECT_EQ(file.size(), 0U);
}

TEST_P(real_files_opened, append_writes_at_the_end_whatever_the_offset) {
  const std::string log = folder.make_file("log", 10);
  EXPECT_EQ(open(log, open_flags::write_only | open_flags::append), error_code());
  write("one", 0);
  write("two", 5);
  EXPECT_EQ(contents(log), fixtures::make_pattern(10) + "onetwo");
}

TEST_P(real_files_opened, dsync_and_sync_reach_the_kernel) {
  EXPECT_EQ(open(path("new"), open_flags::write_only | open_flags::create | open_flags::dsync), error_code());
  EXPECT_EQ(status_flags() & O_SYNC, O_DSYNC);
  write("durable", 0);
  file.close();
  EXPECT_EQ(open(path("new"), open_flags::write_only | open_flags::sync_all_on_write), error_code());
  EXPECT_EQ(status_flags() & O_SYNC, O_SYNC);
}

TEST_P(real_files_opened, descriptors_are_not_inherited_by_programs) {
  EXPECT_EQ(open(path("new"), open_flags::write_only | open_flags::create), error_code());
  EXPECT_NE(::fcntl(file.native_handle(), F_GETFD) & FD_CLOEXEC, 0);
}

TEST_P(real_files_opened, read_only_refuses_writes_and_write_only_reads) {
  std::string buffer(10, '\0');
  const std::string old = folder.make_file("old", 10);
  EXPECT_EQ(open(old, open_flags::read_only), error_code());
  EXPECT_EQ(all.complete([&](auto h) { file.async_write_some_at(0, asio::buffer(buffer), h); }).error,
            asio::error::bad_descriptor);
  file.close();
  EXPECT_EQ(open(old, open_flags::write_only), error_code());
  EXPECT_EQ(all.complete([&](auto h) { file.async_read_some_at(0, asio::buffer(buffer), h); }).error,
            asio::error::bad_descriptor);
}

TEST_P(real_files_opened, what_is_open_is_not_opened_again) {
  EXPECT_EQ(open(path("new"), open_flags::write_only | open_flags::create), error_code());
  const int number = file.native_handle();
  error_code failed;
  if (GetParam() == way::calling_thread)
    file.open(path("other"), open_flags::read_only, failed);
  else
    failed = all.complete([&](auto h) { file.async_open(path("other"), open_flags::read_only, h); }).error;
  EXPECT_EQ(failed, asio::error::already_open);
  EXPECT_EQ(file.native_handle(), number);
}

TEST_P(real_files_opened, after_a_failure_it_opens_another) {
  EXPECT_EQ(open(path("none"), open_flags::read_only), boost::system::errc::no_such_file_or_directory);
  EXPECT_EQ(open(folder.make_file("old", 10), open_flags::read_only), error_code());
  EXPECT_EQ(file.size(), 10U);
}

INSTANTIATE_TEST_SUITE_P(by, real_files_opened, testing::Values(way::calling_thread, way::shard),
                         [](const auto& tested) {
                           return tested.param == way::shard ? std::string("shard") : std::string("calling_thread");
                         });

} // namespace
} // namespace shardbridge::tests
