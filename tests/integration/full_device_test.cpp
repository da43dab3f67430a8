// Goal: what a real file system says when it is full, or when its device is and it finds out later, is told with how
// far the operation came; nothing hangs, what was written stays, and the same file goes on when there is room again.
// Method: ext4 on a loop device, filled by bridges and by tasks; and one whose device has less room than it claims.
#include "support/lent_buffer.hpp"
#include "support/on_shard.hpp"

#include <small_file_system.hpp>
#include <temporary_folder.hpp>

#include <cstdlib>
#include <deque>
#include <optional>

#include <unistd.h>

namespace shardbridge::tests {
namespace {

constexpr std::size_t mebibyte = std::size_t{1} << 20U;
constexpr auto read_write = open_flags::read_write | open_flags::create;
const error_code no_space = system_error_of(ENOSPC);

/// How a device tells that it has no room depends on the kernel.
bool tells_of_the_device(const error_code& failed) {
  return failed == no_space || failed == system_error_of(EIO);
}

class a_full_file_system : public testing::Test {
 protected:
  static constexpr std::size_t size = 8 * mebibyte;

  void SetUp() override {
    const std::string& reason = fixtures::small_file_system::why_unavailable();
    if (!reason.empty()) GTEST_SKIP() << reason;
    disk.emplace(size);
    all.emplace(shard_group_options{.shards = 2});
    file.emplace(all->link, disk->path("file"), read_write);
  }
  void TearDown() override {
    if (all) expect_balanced(all->link.stats());
  }
  [[nodiscard]] outcome write(random_access_file& to, std::uint64_t at, std::string_view text) {
    return all->complete([&](auto h) { to.async_write_some_at(at, asio::buffer(text), h); });
  }
  /// As the device has it, not the page cache.
  std::string contents(random_access_file& of) {
    EXPECT_TRUE(all->complete([&](auto h) { of.async_sync_all(h); }).succeeded());
    EXPECT_FALSE(all->complete([&](auto h) { of.async_advise(0, 0, file_advice::dont_need, h); }).error);
    std::string out(of.size(), '\0');
    EXPECT_EQ(all->complete([&](auto h) { of.async_read_some_at(0, asio::buffer(out), h); }).value, out.size());
    return out;
  }

  const std::string pattern = fixtures::make_pattern(2 * size);
  std::optional<fixtures::small_file_system> disk;
  std::optional<service> all;
  std::optional<random_access_file> file;
};

TEST_F(a_full_file_system, tells_how_much_was_written_before) {
  const outcome wrote = write(*file, 0, pattern);
  EXPECT_TRUE(wrote.failed_with(no_space)) << wrote;
  EXPECT_GT(wrote.value, size / 2);
  EXPECT_LT(wrote.value, size);
  EXPECT_EQ(file->size(), wrote.value);
  // It may find some more, when it has written back what it had set room aside for.
  const outcome more = write(*file, wrote.value, std::string_view(pattern).substr(wrote.value));
  EXPECT_TRUE(more.failed_with(no_space)) << more;
  const std::uint64_t whole = wrote.value + more.value;
  EXPECT_EQ(file->size(), whole);
  const outcome over = write(*file, 0, std::string_view(pattern).substr(0, whole));
  EXPECT_TRUE(over.succeeded() && over.value == whole) << over << ": it needs no room";
  EXPECT_TRUE(contents(*file) == pattern.substr(0, whole));
}

TEST_F(a_full_file_system, tells_composed_writes_too) {
  const outcome wrote = all->complete([&](auto h) { asio::async_write_at(*file, 0, asio::buffer(pattern), h); });
  EXPECT_TRUE(wrote.failed_with(no_space)) << wrote;
  EXPECT_GT(wrote.value, size / 2);
  EXPECT_TRUE(contents(*file) == pattern.substr(0, wrote.value));
}

TEST_F(a_full_file_system, gives_back_the_buffer_that_could_not_be_written) {
  buffer_pool pool({.bytes = 4 * size, .largest = 2 * size});
  lent_outcome wrote;
  file->async_write_some_at(0, filled(pool, pattern), wrote.handler());
  ASSERT_TRUE(all->finish());
  EXPECT_TRUE(wrote.failed_with(no_space)) << wrote;
  EXPECT_GT(wrote.value, size / 2);
  EXPECT_TRUE(text_of(wrote.buffer) == pattern);
  EXPECT_TRUE(contents(*file) == pattern.substr(0, wrote.value));
}

TEST_F(a_full_file_system, takes_direct_writes_as_far_as_there_is_room) {
  random_access_file direct(all->link, disk->path("direct"), read_write | open_flags::direct);
  constexpr std::size_t step = mebibyte / 4;
  const std::unique_ptr<void, decltype(&std::free)> memory(std::aligned_alloc(4096, step), &std::free);
  std::size_t written = 0;
  outcome wrote;
  while (written < pattern.size()) {
    std::copy_n(pattern.data() + written, step, static_cast<char*>(memory.get()));
    wrote = all->complete([&](auto h) { direct.async_write_some_at(written, asio::buffer(memory.get(), step), h); });
    written += wrote.value;
    if (wrote.error) break;
  }
  EXPECT_TRUE(wrote.failed_with(no_space)) << wrote;
  EXPECT_GT(written, size / 2);
  EXPECT_EQ(direct.size(), written);
  random_access_file other(all->link, disk->path("direct"), read_write);
  EXPECT_TRUE(contents(other) == pattern.substr(0, written));
}

// Each is written as far as it says, and is answered once.
TEST_F(a_full_file_system, is_shared_by_all_who_write_at_once) {
  constexpr std::size_t part = mebibyte / 2;
  std::deque<random_access_file> files;
  std::deque<outcome> wrote;
  for (int each = 0; each < 24; ++each) {
    files.emplace_back(all->link, disk->path("part" + std::to_string(each)), read_write);
    files.back().async_write_some_at(0, asio::buffer(pattern, part), wrote.emplace_back().handler());
  }
  ASSERT_TRUE(all->finish());
  std::uint64_t sum = 0;
  int failed = 0;
  for (std::size_t each = 0; each < files.size(); ++each) {
    const outcome& told = wrote[each];
    EXPECT_TRUE(told.succeeded() ? told.value == part : told.failed_with(no_space)) << told;
    failed += told.error ? 1 : 0;
    sum += told.value;
    EXPECT_TRUE(contents(files[each]) == pattern.substr(0, told.value)) << each;
  }
  EXPECT_GT(failed, 0);
  EXPECT_GT(sum, size / 2);
  EXPECT_LT(sum, size);
}

TEST_F(a_full_file_system, has_nothing_to_allocate) {
  const error_code refused =
      all->complete([&](auto h) { file->async_allocate(0, 2 * size, allocate_mode::keep_size, h); }).error;
  EXPECT_EQ(refused, no_space);
  EXPECT_EQ(file->size(), 0U);
  error_code here;
  file->allocate(0, 2 * size, allocate_mode::keep_size, here);
  EXPECT_EQ(here, no_space);
  EXPECT_FALSE(all->complete([&](auto h) { file->async_allocate(0, size, allocate_mode::punch_hole, h); }).error);
  // What is reserved is there when it is wanted, whoever comes in between.
  ASSERT_FALSE(all->complete([&](auto h) { file->async_allocate(0, mebibyte, h); }).error);
  random_access_file other(all->link, disk->path("other"), read_write);
  EXPECT_TRUE(write(other, 0, pattern).failed_with(no_space));
  const outcome kept = write(*file, 0, std::string_view(pattern).substr(0, mebibyte));
  EXPECT_TRUE(kept.succeeded() && kept.value == mebibyte) << kept;
  EXPECT_TRUE(contents(*file) == pattern.substr(0, mebibyte));
}

TEST_F(a_full_file_system, tells_the_write_of_a_synced_one_from_its_sync) {
  synced_write both;
  error_code first;
  file->async_write_and_sync_data_at(0, asio::buffer(pattern), [&](error_code told, synced_write each) {
    first = told;
    both = each;
  });
  ASSERT_TRUE(all->finish());
  EXPECT_EQ(first, no_space);
  EXPECT_EQ(both.write, no_space);
  EXPECT_GT(both.bytes, size / 2);
  EXPECT_EQ(both.sync, asio::error::operation_aborted) << "it was not begun";
  EXPECT_TRUE(contents(*file) == pattern.substr(0, both.bytes));
}

TEST_F(a_full_file_system, lets_the_same_file_go_on_when_others_are_removed) {
  const std::string other = disk->path("other");
  ASSERT_TRUE(write(*file, 0, std::string_view(pattern).substr(0, mebibyte)).succeeded());
  std::uint64_t hogged = 0;
  {
    random_access_file hog(all->link, other, read_write);
    hogged = write(hog, 0, pattern).value;
  }
  ASSERT_TRUE(write(*file, mebibyte, std::string_view(pattern).substr(mebibyte, hogged)).failed_with(no_space));
  ASSERT_FALSE(all->complete([&](auto h) { async_unlink(all->link, other, h); }).error);
  const std::string_view rest = std::string_view(pattern).substr(mebibyte, hogged);
  const outcome wrote = write(*file, mebibyte, rest);
  EXPECT_TRUE(wrote.succeeded() && wrote.value == hogged) << wrote;
  EXPECT_TRUE(contents(*file) == pattern.substr(0, mebibyte + hogged));
}

TEST_F(a_full_file_system, tells_tasks) {
  answer<> ended;
  async_call(
      all->link, 1,
      [&](shard& on) -> task<> {
        const std::string path = disk->path("of a task");
        const shard_file mine = co_await on.open(path, read_write);
        const synced_write both = co_await on.write_and_sync(mine, 0, asio::buffer(pattern));
        EXPECT_EQ(both.write, no_space);
        EXPECT_GT(both.bytes, size / 2);
        EXPECT_EQ(both.sync, asio::error::operation_aborted);
        EXPECT_EQ(co_await on.size(mine), both.bytes);
        const auto rest = asio::buffer(asio::buffer(pattern) + both.bytes);
        EXPECT_EQ(co_await error_of(on.write(mine, both.bytes, rest)), no_space);
        EXPECT_EQ(co_await error_of(on.allocate(mine, both.bytes, 2 * size)), no_space);
        std::string back(both.bytes, '\0');
        EXPECT_EQ(co_await on.read(mine, 0, asio::buffer(back)), both.bytes);
        EXPECT_TRUE(back == pattern.substr(0, both.bytes));
        co_await on.sync(mine);
        co_await on.resize(mine, mebibyte);
        const auto small = asio::buffer(pattern.data() + mebibyte, mebibyte);
        EXPECT_EQ(co_await on.write(mine, mebibyte, small), mebibyte) << "there is room again";
        co_await on.sync(mine);
      },
      ended.handler());
  ASSERT_TRUE(all->finish());
  EXPECT_FALSE(ended.failure) << code_of(ended.failure).message();
}

/// The file system has room, its device has none: it takes what it cannot keep.
class a_full_device : public a_full_file_system {
 protected:
  void SetUp() override {
    a_full_file_system::SetUp();
    if (IsSkipped()) return;
    ASSERT_TRUE(all->complete([&](auto h) { file->async_sync_all(h); }).succeeded());
    disk->limit_device(mebibyte);
  }
  [[nodiscard]] error_code sync(random_access_file& of, const op_options& options = {}) {
    return all->complete([&](auto h) { of.async_sync_data(options, h); }).error;
  }
  const std::string_view much = std::string_view(pattern).substr(0, 4 * mebibyte);
};

TEST_F(a_full_device, is_told_by_the_sync_and_by_the_kernel_once) {
  ASSERT_TRUE(write(*file, 0, much).succeeded()) << "it went to the page cache";
  const error_code told = sync(*file);
  EXPECT_TRUE(tells_of_the_device(told)) << told.message();
  EXPECT_EQ(::fdatasync(file->native_handle()), 0) << "the kernel has forgotten it";
  EXPECT_EQ(sync(*file), told) << "the library has not";
  EXPECT_EQ(sync(*file, {.shard = 1}), told);
  error_code here;
  file->sync_all(here);
  EXPECT_EQ(here, told);
}

TEST_F(a_full_device, is_told_to_each_who_has_opened_the_file) {
  random_access_file other(all->link, disk->path("file"), read_write);
  random_access_file elsewhere(all->link, disk->path("elsewhere"), read_write);
  ASSERT_TRUE(write(*file, 0, much).succeeded());
  EXPECT_TRUE(tells_of_the_device(sync(*file)));
  EXPECT_TRUE(tells_of_the_device(sync(other)));
  EXPECT_FALSE(sync(elsewhere)) << "of that file nothing is lost";
}

TEST_F(a_full_device, is_told_as_the_sync_of_a_synced_write) {
  synced_write both;
  file->async_write_and_sync_all_at(0, asio::buffer(much), [&](error_code, synced_write each) { both = each; });
  ASSERT_TRUE(all->finish());
  EXPECT_FALSE(both.write);
  EXPECT_EQ(both.bytes, much.size());
  EXPECT_TRUE(tells_of_the_device(both.sync)) << both.sync.message();
  EXPECT_EQ(sync(*file), both.sync);
}

TEST_F(a_full_device, is_told_to_direct_writes_at_once) {
  random_access_file direct(all->link, disk->path("direct"), read_write | open_flags::direct);
  constexpr std::size_t step = mebibyte / 4;
  const std::unique_ptr<void, decltype(&std::free)> memory(std::aligned_alloc(4096, step), &std::free);
  std::fill_n(static_cast<char*>(memory.get()), step, 'd');
  outcome wrote;
  std::size_t whole = 0;
  for (std::size_t at = 0; at < much.size() && !wrote.error; at += step, ++whole)
    wrote = all->complete([&](auto h) { direct.async_write_some_at(at, asio::buffer(memory.get(), step), h); });
  EXPECT_TRUE(tells_of_the_device(wrote.error)) << wrote;
  EXPECT_GT(whole, 1U) << "the first had room";
  EXPECT_FALSE(sync(direct)) << "who was told of the write need not be told again";
}

TEST_F(a_full_device, is_written_to_again_when_it_has_room) {
  ASSERT_TRUE(write(*file, 0, much).succeeded());
  ASSERT_TRUE(tells_of_the_device(sync(*file)));
  disk->unlimit_device();
  // Not in place: ext4 of Linux 6.18 writes what comes after a failure to blocks that it goes on taking for empty.
  file->close();
  file->open(disk->path("file"), read_write | open_flags::truncate);
  EXPECT_FALSE(sync(*file));
  ASSERT_TRUE(write(*file, 0, much).succeeded());
  EXPECT_TRUE(contents(*file) == much);
}

TEST_F(a_full_device, is_told_to_tasks) {
  answer<> ended;
  async_call(
      all->link, 0,
      [&](shard& on) -> task<> {
        const std::string path = disk->path("of a task");
        const shard_file mine = co_await on.open(path, read_write);
        EXPECT_EQ(co_await on.write(mine, 0, asio::buffer(much)), much.size());
        const error_code told = co_await error_of(on.sync_data(mine));
        EXPECT_TRUE(tells_of_the_device(told)) << told.message();
        EXPECT_EQ(co_await error_of(on.sync(mine)), told);
      },
      ended.handler());
  ASSERT_TRUE(all->finish());
  EXPECT_FALSE(ended.failure) << code_of(ended.failure).message();
}

} // namespace
} // namespace shardbridge::tests
