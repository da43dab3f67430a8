// Goal: an open that fails says why with the kernel's errno, and leaves no descriptor behind. Method: paths that
// open(2) must refuse, on the calling thread and on a shard; descriptors counted in /proc.
#include "support/service.hpp"

#include <temporary_folder.hpp>

#include <cerrno>
#include <filesystem>
#include <iterator>

#include <sys/stat.h>
#include <unistd.h>

namespace shardbridge::tests {
namespace {

/// Without the rights of root, for as long as it lives; made before there are other threads.
class unprivileged {
 public:
  unprivileged() { become(65534); }
  ~unprivileged() { become(0); }
  unprivileged(const unprivileged&) = delete;
  unprivileged& operator=(const unprivileged&) = delete;

 private:
  void become(uid_t user) const {
    if (root_ && ::seteuid(user) != 0) ADD_FAILURE() << "cannot become user " << user;
  }

  const bool root_ = ::geteuid() == 0;
};

void expect_refused(service& all, const std::string& path, open_flags flags, int number) {
  const error_code expected(number, boost::system::system_category());
  random_access_file file(all.link);
  error_code failed;
  file.open(path, flags, failed);
  EXPECT_EQ(failed, expected);
  const outcome opened = all.complete([&](auto handler) { file.async_open(path, flags, handler); });
  EXPECT_TRUE(opened.failed_with(expected)) << opened;
  EXPECT_FALSE(file.is_open());
  EXPECT_EQ(file.native_handle(), -1);
}

TEST(errors_are_clear, of_opening) {
  const fixtures::temporary_folder folder;
  const std::string file = folder.make_file("file", 10);
  std::filesystem::create_symlink("loop", folder.path() / "loop");
  service all;
  const auto before = std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
  expect_refused(all, folder.path() / "none", open_flags::read_only, ENOENT);
  expect_refused(all, folder.path() / "none" / "new", open_flags::write_only | open_flags::create, ENOENT);
  expect_refused(all, folder.path(), open_flags::write_only, EISDIR);
  expect_refused(all, file + "/below", open_flags::read_only, ENOTDIR);
  expect_refused(all, file, open_flags::write_only | open_flags::create | open_flags::exclusive, EEXIST);
  expect_refused(all, folder.path() / "loop", open_flags::read_only, ELOOP);
  expect_refused(all, folder.path() / std::string(300, 'n'), open_flags::read_only, ENAMETOOLONG);
  expect_refused(all, "", open_flags::read_only, ENOENT);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {}), before);
}

TEST(errors_are_clear, of_opening_without_the_right_to) {
  const fixtures::temporary_folder folder;
  const std::string closed = folder.make_file("closed", 10);
  ASSERT_EQ(::chmod(closed.c_str(), 0), 0);
  ASSERT_EQ(::chmod(folder.path().c_str(), 0555), 0);
  {
    const unprivileged nobody;
    service all;
    expect_refused(all, closed, open_flags::read_only, EACCES);
    expect_refused(all, folder.path() / "new", open_flags::write_only | open_flags::create, EACCES);
  }
  ASSERT_EQ(::chmod(folder.path().c_str(), 0755), 0); // its owner must be able to empty it
}

TEST(errors_are_clear, of_reading_a_folder) {
  const fixtures::temporary_folder folder;
  service all;
  random_access_file file(all.link, folder.path(), open_flags::read_only);
  std::string buffer(10, '\0');
  const outcome read = all.complete([&](auto h) { file.async_read_some_at(0, asio::buffer(buffer), h); });
  EXPECT_TRUE(read.failed_with({EISDIR, boost::system::system_category()})) << read;
}

TEST(errors_are_clear, the_throwing_forms_throw_the_same) {
  const fixtures::temporary_folder folder;
  service all;
  try {
    random_access_file file(all.link, folder.path() / "none", open_flags::read_only);
    FAIL() << "opened what is not there";
  } catch (const boost::system::system_error& failed) {
    EXPECT_EQ(failed.code(), boost::system::errc::no_such_file_or_directory);
  }
  random_access_file file(all.link);
  EXPECT_THROW(file.open(folder.path(), open_flags::write_only), boost::system::system_error);
  EXPECT_THROW(static_cast<void>(file.size()), boost::system::system_error);
  EXPECT_THROW(file.resize(1), boost::system::system_error);
  EXPECT_THROW(file.sync_all(), boost::system::system_error);
  EXPECT_THROW(file.sync_data(), boost::system::system_error);
  EXPECT_NO_THROW(file.close());
}

TEST(errors_are_clear, each_errc_has_a_sentence_and_those_about_time_are_timeouts) {
  for (int value = 1; value <= static_cast<int>(errc::misaligned); ++value) {
    const error_code code = static_cast<errc>(value);
    const bool about_time =
        code == errc::expired_waiting || code == errc::expired_queued || code == errc::expired_in_flight;
    EXPECT_EQ(std::error_code(code) == std::errc::timed_out, about_time) << code;
    EXPECT_EQ(code == boost::system::errc::timed_out, about_time) << code;
    EXPECT_NE(code, asio::error::timed_out) << code;
    EXPECT_STREQ(code.category().name(), "shardbridge");
    EXPECT_GT(code.message().size(), 10U);
    EXPECT_EQ(code.message().find("unknown shardbridge"), std::string::npos);
  }
}

} // namespace
} // namespace shardbridge::tests
