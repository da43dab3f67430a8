// Goal: operations on paths do what their system calls do, with the same errors, on the shard they are sent to.
// Method: a folder of the test's own; what the standard library says of it afterwards.
#include "support/service.hpp"

#include <boost/asio/experimental/deferred.hpp>
#include <temporary_folder.hpp>

#include <filesystem>
#include <fstream>
#include <tuple>

#include <sys/stat.h>

namespace shardbridge::tests {
namespace {

error_code failure(int number) {
  return {number, boost::system::system_category()};
}

class operations_on_paths : public testing::Test {
 protected:
  [[nodiscard]] std::string path(const char* name) const { return folder.path() / name; }

  const fixtures::temporary_folder folder;
  const std::string file = folder.make_file("file", 1000);
  service all{{.shards = 2}};
};

TEST_F(operations_on_paths, rename) {
  EXPECT_TRUE(all.complete([&](auto h) { async_rename(all.link, file, path("new"), h); }).succeeded());
  EXPECT_FALSE(std::filesystem::exists(file));
  EXPECT_EQ(std::filesystem::file_size(path("new")), 1000U);
  EXPECT_TRUE(
      all.complete([&](auto h) { async_rename(all.link, file, path("other"), h); }).failed_with(failure(ENOENT)));
}

TEST_F(operations_on_paths, unlink) {
  EXPECT_TRUE(all.complete([&](auto h) { async_unlink(all.link, file, h); }).succeeded());
  EXPECT_FALSE(std::filesystem::exists(file));
  EXPECT_TRUE(all.complete([&](auto h) { async_unlink(all.link, file, h); }).failed_with(failure(ENOENT)));
  EXPECT_TRUE(all.complete([&](auto h) { async_unlink(all.link, folder.path(), h); }).failed_with(failure(EISDIR)));
}

TEST_F(operations_on_paths, mkdir) {
  const mode_t before = ::umask(0027);
  EXPECT_TRUE(all.complete([&](auto h) { async_mkdir(all.link, path("made"), h); }).succeeded());
  ::umask(before);
  const auto made = std::filesystem::status(path("made"));
  EXPECT_EQ(made.type(), std::filesystem::file_type::directory);
  EXPECT_EQ(made.permissions(), static_cast<std::filesystem::perms>(0750));
  EXPECT_TRUE(all.complete([&](auto h) { async_mkdir(all.link, path("made"), h); }).failed_with(failure(EEXIST)));
}

TEST_F(operations_on_paths, stat) {
  struct ::stat known {};
  ASSERT_EQ(::stat(file.c_str(), &known), 0);
  auto told = async_stat(all.link, file, asio::use_future);
  ASSERT_TRUE(all.finish());
  const file_status status = told.get();
  EXPECT_EQ(status.type, std::filesystem::file_type::regular);
  EXPECT_EQ(status.permissions, static_cast<std::filesystem::perms>(known.st_mode & 07777U));
  EXPECT_EQ(status.size, 1000U);
  EXPECT_EQ(status.allocated, static_cast<std::uint64_t>(known.st_blocks) * 512);
  EXPECT_EQ(status.inode, known.st_ino);
  EXPECT_EQ(status.device, known.st_dev);
  EXPECT_EQ(status.hard_links, known.st_nlink);
  EXPECT_EQ(status.owner, known.st_uid);
  EXPECT_EQ(status.group, known.st_gid);
  const auto nanoseconds = [](const timespec& at) { return at.tv_sec * 1'000'000'000 + at.tv_nsec; };
  EXPECT_EQ(status.modified.time_since_epoch().count(), nanoseconds(known.st_mtim));
  EXPECT_EQ(status.changed.time_since_epoch().count(), nanoseconds(known.st_ctim));
  EXPECT_EQ(status.accessed.time_since_epoch().count(), nanoseconds(known.st_atim));
  if (status.created) {
    EXPECT_LE(*status.created, status.changed);
  }
}

TEST_F(operations_on_paths, stat_tells_types_apart) {
  std::filesystem::create_symlink("file", path("link"));
  ASSERT_EQ(::mkfifo(path("fifo").c_str(), 0600), 0);
  const auto type = [&](const std::string& of) {
    auto told = async_stat(all.link, of, asio::use_future);
    EXPECT_TRUE(all.finish());
    return told.get().type;
  };
  EXPECT_EQ(type(folder.path()), std::filesystem::file_type::directory);
  EXPECT_EQ(type(path("link")), std::filesystem::file_type::regular) << "links are followed";
  EXPECT_EQ(type(path("fifo")), std::filesystem::file_type::fifo);
  EXPECT_EQ(type("/dev/null"), std::filesystem::file_type::character);
}

TEST_F(operations_on_paths, stat_of_nothing) {
  error_code told;
  async_stat(all.link, path("nothing"), [&](const error_code& failed, const file_status& status) {
    told = failed;
    EXPECT_EQ(status.type, std::filesystem::file_type::none);
  });
  ASSERT_TRUE(all.finish());
  EXPECT_EQ(told, failure(ENOENT));
}

TEST_F(operations_on_paths, open) {
  std::string buffer(1000, '\0');
  const auto client = [&]() -> asio::awaitable<void> {
    random_access_file opened = co_await async_open(all.link, file, open_flags::read_only, asio::use_awaitable);
    EXPECT_TRUE(opened.is_open());
    EXPECT_EQ(co_await asio::async_read_at(opened, 0, asio::buffer(buffer), asio::use_awaitable), 1000U);
  };
  bool done = false;
  asio::co_spawn(all.context, client, [&](const std::exception_ptr& failed) { done = !failed; });
  ASSERT_TRUE(all.finish());
  EXPECT_TRUE(done);
}

TEST_F(operations_on_paths, open_of_nothing) {
  error_code told;
  bool is_open = true;
  auto later = async_open(all.link, path("nothing"), open_flags::read_only, asio::experimental::deferred);
  std::move(later)([&](const error_code& failed, const random_access_file& opened) {
    told = failed;
    is_open = opened.is_open();
  });
  ASSERT_TRUE(all.finish());
  EXPECT_EQ(told, failure(ENOENT));
  EXPECT_FALSE(is_open);
}

TEST_F(operations_on_paths, open_runs_its_handler_where_it_belongs) {
  asio::io_context elsewhere;
  bool ran = false;
  async_open(all.link, file, open_flags::read_only,
             asio::bind_executor(elsewhere, [&](const error_code& failed, const random_access_file& opened) {
               EXPECT_FALSE(failed);
               EXPECT_TRUE(opened.is_open());
               ran = true;
             }));
  ASSERT_TRUE(all.finish());
  EXPECT_FALSE(ran);
  elsewhere.run_for(patience);
  EXPECT_TRUE(ran);
}

TEST_F(operations_on_paths, go_to_the_shard_that_is_named_and_to_all_otherwise) {
  const auto requests = [&](std::size_t shard) { return all.group.stats()[shard].requests; };
  for (int each = 0; each < 4; ++each)
    async_stat(all.link, file, {.shard = 1}, asio::detached);
  ASSERT_TRUE(all.finish());
  EXPECT_EQ(requests(0), 0U);
  EXPECT_EQ(requests(1), 4U);
  for (int each = 0; each < 4; ++each)
    async_stat(all.link, file, asio::detached);
  ASSERT_TRUE(all.finish());
  EXPECT_EQ(requests(0), 2U);
  EXPECT_EQ(requests(1), 6U);
  EXPECT_TRUE(
      all.complete([&](auto h) { async_unlink(all.link, file, {.shard = 2}, h); }).failed_with(failure(EINVAL)));
}

TEST_F(operations_on_paths, take_the_options_of_a_token) {
  EXPECT_TRUE(all.complete([&](auto h) { async_unlink(all.link, file, with_options({.timeout = -1ns}, h)); })
                  .failed_with(errc::expired_queued));
  EXPECT_TRUE(std::filesystem::exists(file));
}

} // namespace
} // namespace shardbridge::tests
