// Goal: a file object behaves like Asio's: it is moved, not copied, and what was moved from or closed says so instead
// of crashing. Method: every member on objects in every such state.
#include "support/service.hpp"

#include <temporary_folder.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace shardbridge::tests {
namespace {

class real_files_as_objects : public testing::Test {
 protected:
  random_access_file opened(const char* name = "file", std::size_t size = 100) {
    return {all.link, folder.make_file(name, size), open_flags::read_write};
  }
  void expect_closed(random_access_file& file) {
    EXPECT_FALSE(file.is_open());
    EXPECT_EQ(file.native_handle(), -1);
    const error_code expected = asio::error::bad_descriptor;
    std::string buffer(10, 'x');
    const auto run = [this](auto initiate) { return all.complete(initiate); };
    EXPECT_TRUE(run([&](auto h) { file.async_read_some_at(0, asio::buffer(buffer), h); }).failed_with(expected));
    EXPECT_TRUE(run([&](auto h) { file.async_write_some_at(0, asio::buffer(buffer), h); }).failed_with(expected));
    EXPECT_TRUE(run([&](auto h) { file.async_read_some_at(0, asio::mutable_buffer(), h); }).failed_with(expected));
    EXPECT_TRUE(run([&](auto h) { file.async_sync_all(h); }).failed_with(expected));
    EXPECT_TRUE(run([&](auto h) { file.async_sync_data(h); }).failed_with(expected));
    EXPECT_TRUE(run([&](auto h) { file.async_size(h); }).failed_with(expected));
    EXPECT_TRUE(run([&](auto h) { file.async_resize(5, h); }).failed_with(expected));
    EXPECT_TRUE(run([&](auto h) { file.async_close(h); }).failed_with(expected));
    error_code failed;
    EXPECT_EQ((static_cast<void>(file.size(failed)), failed), expected);
    EXPECT_EQ((file.resize(5, failed), failed), expected);
    EXPECT_EQ((file.sync_all(failed), failed), expected);
    EXPECT_EQ((file.sync_data(failed), failed), expected);
    EXPECT_EQ((file.close(failed), failed), error_code());
    file.cancel();
  }

  const fixtures::temporary_folder folder;
  service all;
};

TEST_F(real_files_as_objects, one_that_was_never_opened_is_closed) {
  random_access_file file(all.link);
  expect_closed(file);
}

TEST_F(real_files_as_objects, one_that_was_closed_is_closed_and_opens_again) {
  random_access_file file = opened();
  const int number = file.native_handle();
  file.close();
  EXPECT_LT(::fcntl(number, F_GETFD), 0) << "the descriptor is closed";
  expect_closed(file);
  file.open(folder.path() / "file", open_flags::read_only);
  EXPECT_EQ(file.size(), 100U);
}

TEST_F(real_files_as_objects, the_native_handle_is_the_files) {
  const random_access_file file = opened();
  struct ::stat status {};
  ASSERT_EQ(::fstat(file.native_handle(), &status), 0);
  EXPECT_EQ(status.st_size, 100);
}

TEST_F(real_files_as_objects, moving_takes_the_file_and_its_options_along) {
  random_access_file first = opened();
  first.default_options({.timeout = 1h});
  const int number = first.native_handle();
  random_access_file second = std::move(first);
  EXPECT_EQ(second.native_handle(), number);
  EXPECT_EQ(second.default_options().timeout, std::chrono::nanoseconds(1h));
  EXPECT_EQ(second.get_executor(), all.link.get_executor());
  std::string buffer(100, 'x');
  EXPECT_TRUE(all.complete([&](auto h) { second.async_read_some_at(0, asio::buffer(buffer), h); }).succeeded());
  EXPECT_TRUE(buffer == fixtures::make_pattern(100));
}

TEST_F(real_files_as_objects, one_that_was_moved_from_is_closed_and_opens_again) {
  random_access_file first = opened();
  const random_access_file second = std::move(first);
  EXPECT_EQ(first.get_executor(), all.link.get_executor());
  expect_closed(first);
  first.open(folder.path() / "file", open_flags::read_only);
  EXPECT_TRUE(all.complete([&](auto h) { first.async_size(h); }).succeeded());
}

TEST_F(real_files_as_objects, assigning_closes_what_was_open) {
  random_access_file first = opened("first", 1);
  random_access_file second = opened("second", 2);
  const int closed = first.native_handle();
  const int kept = second.native_handle();
  first = std::move(second);
  EXPECT_LT(::fcntl(closed, F_GETFD), 0);
  EXPECT_EQ(first.native_handle(), kept);
  EXPECT_EQ(first.size(), 2U);
  second = std::move(first); // into one that was moved from
  EXPECT_EQ(second.size(), 2U);
  random_access_file& itself = second;
  second = std::move(itself);
  EXPECT_EQ(second.native_handle(), kept);
}

TEST_F(real_files_as_objects, assigning_across_bridges) {
  bridge other(all.context, all.group, {.max_bytes = 50});
  random_access_file file = opened();
  file = random_access_file(other, folder.path() / "file", open_flags::read_only);
  std::string buffer(100, 'x');
  EXPECT_TRUE(
      all.complete([&](auto h) { file.async_read_some_at(0, asio::buffer(buffer), h); }).failed_with(errc::too_large));
}

TEST_F(real_files_as_objects, a_bridge_of_a_concrete_executor_takes_files_of_any) {
  basic_bridge<asio::io_context::executor_type> link(all.context.get_executor(), all.group);
  basic_bridge deduced(all.context, all.group);
  static_assert(std::same_as<decltype(deduced)::executor_type, asio::io_context::executor_type>);
  basic_random_access_file concrete(link, folder.make_file("file", 10), open_flags::read_only);
  static_assert(std::same_as<decltype(concrete)::executor_type, asio::io_context::executor_type>);
  random_access_file any(deduced, folder.path() / "file", open_flags::read_only);
  EXPECT_EQ(all.complete([&](auto h) { concrete.async_size(h); }).value, 10U);
  EXPECT_EQ(all.complete([&](auto h) { any.async_size(h); }).value, 10U);
}

TEST_F(real_files_as_objects, files_are_spread_over_the_shards_unless_told_otherwise) {
  service wide({.shards = 2});
  std::string buffer(10, '\0');
  const auto requests = [&] {
    const auto stats = wide.group.stats();
    return std::array{stats[0].requests, stats[1].requests};
  };
  random_access_file first(wide.link, folder.make_file("file", 10), open_flags::read_only);
  random_access_file second(wide.link, folder.path() / "file", open_flags::read_only);
  EXPECT_TRUE(wide.complete([&](auto h) { first.async_read_some_at(0, asio::buffer(buffer), h); }).succeeded());
  EXPECT_TRUE(wide.complete([&](auto h) { second.async_read_some_at(0, asio::buffer(buffer), h); }).succeeded());
  EXPECT_EQ(requests(), (std::array<std::uint64_t, 2>{1, 1}));
  first.default_options({.shard = 1});
  second.default_options({.shard = 1});
  EXPECT_TRUE(wide.complete([&](auto h) { first.async_size(h); }).succeeded());
  EXPECT_TRUE(wide.complete([&](auto h) { second.async_size({.timeout = 1h}, h); }).succeeded());
  EXPECT_EQ(requests(), (std::array<std::uint64_t, 2>{1, 3}));
  EXPECT_TRUE(
      wide.complete([&](auto h) { second.async_size({.shard = 2}, h); }).failed_with(asio::error::invalid_argument));
}

} // namespace
} // namespace shardbridge::tests
