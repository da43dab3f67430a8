// Goal: what the kernel does by halves the library finishes, and what fails half way says how far it came. Method: a
// FUSE file system that moves few bytes at a time, a tmpfs too small for what is written.
#include "support/fuse.hpp"

#include <cerrno>

#include <sys/mount.h>

namespace shardbridge::tests {
namespace {

class real_files_by_halves : public with_fuse<> {
 protected:
  std::string buffer = std::string(10'000, '\0');
};

TEST_F(real_files_by_halves, short_reads_are_continued) {
  const std::string path = fuse->make_file("file", 10'000);
  fuse->set(fuse_op::read, {.at_most = 1000});
  service all;
  random_access_file file(all.link, path, open_flags::read_only);
  const outcome read = all.complete([&](auto h) { file.async_read_some_at(0, asio::buffer(buffer), h); });
  EXPECT_TRUE(read.succeeded()) << read;
  EXPECT_EQ(read.value, 10'000U);
  EXPECT_TRUE(buffer == fixtures::make_pattern(10'000));
  EXPECT_EQ(all.submissions(), 10U);
}

TEST_F(real_files_by_halves, short_reads_are_continued_across_buffers_up_to_the_end) {
  const std::string path = fuse->make_file("file", 5500);
  fuse->set(fuse_op::read, {.at_most = 700});
  service all;
  random_access_file file(all.link, path, open_flags::read_only);
  std::string first(1000, 'x');
  std::string second(50, 'x');
  std::string third(9000, 'x');
  const std::array into{asio::buffer(first), asio::buffer(second), asio::buffer(third)};
  const outcome read = all.complete([&](auto h) { file.async_read_some_at(500, into, h); });
  EXPECT_TRUE(read.succeeded()) << read;
  EXPECT_EQ(read.value, 5000U);
  EXPECT_TRUE((first + second + third).substr(0, 5000) == fixtures::make_pattern(5500).substr(500));
}

TEST_F(real_files_by_halves, errors_keep_their_errno) {
  const std::string path = fuse->make_file("file", 1000);
  fuse->set(fuse_op::read, {.error = EIO});
  fuse->set(fuse_op::write, {.error = ENOSPC});
  fuse->set(fuse_op::fsync, {.error = EDQUOT});
  service all;
  random_access_file file(all.link, path, open_flags::read_write);
  const auto system = [](int number) { return error_code(number, boost::system::system_category()); };
  const outcome read = all.complete([&](auto h) { file.async_read_some_at(0, asio::buffer(buffer), h); });
  EXPECT_TRUE(read.failed_with(system(EIO))) << read;
  const outcome wrote = all.complete([&](auto h) { file.async_write_some_at(0, asio::buffer(buffer), h); });
  EXPECT_TRUE(wrote.failed_with(system(ENOSPC))) << wrote;
  EXPECT_EQ(read.value + wrote.value, 0U);
  EXPECT_TRUE(all.complete([&](auto h) { file.async_sync_all(h); }).failed_with(system(EDQUOT)));
  fuse->set(fuse_op::open, {.error = EMFILE});
  random_access_file other(all.link);
  EXPECT_TRUE(
      all.complete([&](auto h) { other.async_open(path, open_flags::read_only, h); }).failed_with(system(EMFILE)));
}

// Half of it is read when the error comes.
TEST_F(real_files_by_halves, an_error_tells_how_much_was_moved_before) {
  const std::string path = fuse->make_file("file", 10'000);
  fuse->set(fuse_op::read, {.delay = 50ms, .at_most = 1000});
  service all;
  random_access_file file(all.link, path, open_flags::read_only);
  outcome read;
  file.async_read_some_at(0, asio::buffer(buffer), read.handler());
  ASSERT_TRUE(fuse->wait_started(fuse_op::read, 3));
  fuse->set(fuse_op::read, {.error = EIO});
  ASSERT_TRUE(all.finish());
  EXPECT_TRUE(read.failed_with({EIO, boost::system::system_category()})) << read;
  EXPECT_EQ(read.value % 1000, 0U);
  EXPECT_GE(read.value, 3000U);
  EXPECT_LT(read.value, 10'000U);
  EXPECT_TRUE(buffer.substr(0, read.value) == fixtures::make_pattern(10'000).substr(0, read.value));
}

// The first submission is shortened by the lack of room, the one that continues it fails. (FUSE is no help here: the
// kernel turns its short asynchronous writes into EIO.)
TEST(errors_are_clear, of_a_full_disk) {
  const fixtures::temporary_folder folder;
  if (::mount("tmpfs", folder.path().c_str(), "tmpfs", 0, "size=64k") != 0)
    GTEST_SKIP() << "a small file system cannot be mounted here";
  {
    service all;
    random_access_file file(all.link, folder.path() / "file", open_flags::write_only | open_flags::create);
    const std::string text(std::size_t{256} << 10U, 'x');
    const outcome wrote = all.complete([&](auto h) { file.async_write_some_at(0, asio::buffer(text), h); });
    EXPECT_TRUE(wrote.failed_with({ENOSPC, boost::system::system_category()})) << wrote;
    EXPECT_EQ(wrote.value, std::uint64_t{64} << 10U);
    const outcome whole = all.complete([&](auto h) { asio::async_write_at(file, 0, asio::buffer(text), h); });
    EXPECT_TRUE(whole.failed_with({ENOSPC, boost::system::system_category()})) << whole;
  }
  EXPECT_EQ(::umount2(folder.path().c_str(), MNT_DETACH), 0);
}

} // namespace
} // namespace shardbridge::tests
