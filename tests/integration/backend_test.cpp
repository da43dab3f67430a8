// Goal: a group runs on what it was told, or on the best that works, and says what that is and why. On the thread pool
// it has as many threads as it was told, and no more than it needs.
// Method: both that can be named, and what is chosen without a name; the threads of this process as the kernel shows
// them.
#include "support/service.hpp"

#include <temporary_folder.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <system_error>

namespace shardbridge::tests {
namespace {

/// Why not.
std::string io_uring_refused() {
  try {
    const shard_group group({.backend = backend::io_uring});
    return {};
  } catch (const std::system_error& failure) {
    return failure.what();
  }
}

std::size_t threads_named(const std::string& name) {
  std::size_t count = 0;
  for (const auto& each : std::filesystem::directory_iterator("/proc/self/task")) {
    std::string found;
    std::getline(std::ifstream(each.path() / "comm"), found);
    if (found == name) ++count;
  }
  return count;
}

TEST(runs_where_io_uring_is_forbidden, io_uring_is_used_where_it_works) {
  if (const std::string why = io_uring_refused(); !why.empty()) GTEST_SKIP() << why;
  for (const backend wanted : {backend::automatic, backend::io_uring}) {
    const shard_group group({.shards = 2, .backend = wanted});
    EXPECT_EQ(group.backend_in_use(), backend::io_uring);
    EXPECT_EQ(group.backend_reason().find("io_uring with "), 0U) << group.backend_reason();
    EXPECT_EQ(group.stats().size(), 2U);
  }
}

TEST(runs_where_io_uring_is_forbidden, the_pool_is_used_there_and_the_group_says_why) {
  const std::string why = io_uring_refused();
  if (why.empty()) GTEST_SKIP() << "io_uring works here: see tests/refusal";
  EXPECT_EQ(why.find("io_uring cannot be used: io_uring_setup failed: "), 0U) << why;
  const shard_group group({.shards = 2});
  EXPECT_EQ(group.backend_in_use(), backend::thread_pool);
  EXPECT_EQ(group.backend_reason().find(why), 0U) << group.backend_reason();
  EXPECT_NE(group.backend_reason().find("; instead: up to 16 threads a shard, and epoll"), std::string::npos)
      << group.backend_reason();
  EXPECT_EQ(group.stats().size(), 2U);
}

TEST(runs_where_io_uring_is_forbidden, the_pool_is_used_where_it_is_named) {
  const shard_group group({.shards = 2, .backend = backend::thread_pool, .io_workers = 3});
  EXPECT_EQ(group.backend_in_use(), backend::thread_pool);
  EXPECT_EQ(group.backend_reason(), "up to 3 threads a shard, and epoll");
}

TEST(runs_where_io_uring_is_forbidden, a_line_for_the_log_says_what_was_chosen) {
  std::vector<std::string> lines;
  const auto log = [&lines](const std::string& line) { lines.push_back(line); };
  const shard_group group({.shards = 2, .backend = backend::thread_pool, .log = log});
  EXPECT_EQ(lines, std::vector<std::string>{"shardbridge: 2 shards on a thread pool: " + group.backend_reason()});
  lines.clear();
  const shard_group automatic({.log = log});
  ASSERT_EQ(lines.size(), 1U);
  const bool on_ring = automatic.backend_in_use() == backend::io_uring;
  EXPECT_EQ(lines[0], std::string("shardbridge: 1 shard on ") + (on_ring ? "io_uring: " : "a thread pool: ") +
                          automatic.backend_reason());
}

TEST(runs_where_io_uring_is_forbidden, what_a_log_throws_ends_the_group) {
  const auto full = [](const std::string&) { throw std::runtime_error("the log is full"); };
  EXPECT_THROW(shard_group({.shards = 2, .log = full}), std::runtime_error);
}

TEST(runs_where_io_uring_is_forbidden, no_more_threads_than_there_is_work_for) {
  const fixtures::temporary_folder folder;
  const std::string path = folder.make_file("file", 4096);
  {
    service all({.backend = backend::thread_pool, .io_workers = 3});
    random_access_file file(all.link, path, open_flags::read_write);
    EXPECT_EQ(threads_named("shard-0-io"), 0U) << "there was nothing to do yet";
    EXPECT_EQ(all.complete([&](auto h) { file.async_sync_all(h); }).calls, 1);
    EXPECT_EQ(threads_named("shard-0-io"), 1U);
    std::vector<outcome> many(64);
    for (outcome& each : many)
      file.async_sync_all(each.handler());
    ASSERT_TRUE(all.finish());
    EXPECT_TRUE(std::ranges::all_of(many, [](const outcome& each) { return each.succeeded(); }));
    EXPECT_LE(threads_named("shard-0-io"), 3U);
  }
  // The kernel shows a thread for a moment after it was joined.
  for (const auto end = std::chrono::steady_clock::now() + patience;
       threads_named("shard-0-io") > 0 && std::chrono::steady_clock::now() < end;)
    std::this_thread::sleep_for(1ms);
  EXPECT_EQ(threads_named("shard-0-io"), 0U);
}

TEST(runs_where_io_uring_is_forbidden, what_waits_for_others_holds_no_thread) {
  const fixtures::temporary_folder folder;
  service all({.backend = backend::thread_pool, .io_workers = 1});
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  random_access_file waiting(all.link);
  random_access_file writing(all.link);
  waiting.assign(ends[0]);
  writing.assign(ends[1]);
  random_access_file file(all.link, folder.make_file("file", 4096), open_flags::read_write);
  std::array<char, 8> bytes{};
  std::array<outcome, 8> reads;
  for (std::size_t each = 0; each < reads.size(); ++each)
    waiting.async_read_some_at(0, asio::buffer(&bytes[each], 1), reads[each].handler());
  outcome synced;
  file.async_sync_all(synced.handler());
  ASSERT_TRUE(all.run_until([&] { return synced.calls == 1; })) << "a read of a pipe holds the only thread";
  outcome written;
  writing.async_write_some_at(0, asio::buffer("12345678", 8), written.handler());
  ASSERT_TRUE(all.finish());
  EXPECT_TRUE(written.succeeded());
  EXPECT_TRUE(std::ranges::all_of(reads, [](const outcome& each) { return each.succeeded(); }));
  EXPECT_EQ(std::string(bytes.begin(), bytes.end()), "12345678") << "first come, first served";
}

} // namespace
} // namespace shardbridge::tests
