// Goal: any completion token works with every initiating function, and Asio's composed operations work on a file.
// Method: one write and read a token, through Asio's own adapters.
#include "support/service.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <temporary_folder.hpp>

#include <concepts>
#include <future>
#include <tuple>

namespace shardbridge::tests {
namespace {

class good_asio_citizen_tokens : public testing::Test {
 protected:
  const fixtures::temporary_folder folder;
  std::string buffer = std::string(1000, '\0');
  service all;
  random_access_file file{all.link, folder.make_file("file", 1000), open_flags::read_write};
};

TEST_F(good_asio_citizen_tokens, use_future) {
  auto read = file.async_read_some_at(0, asio::buffer(buffer), asio::use_future);
  auto beyond = file.async_read_some_at(5000, asio::buffer(buffer), asio::use_future);
  std::future<std::uint64_t> size = file.async_size(asio::use_future);
  std::future<void> synced = file.async_sync_all(asio::use_future);
  ASSERT_TRUE(all.finish());
  EXPECT_EQ(read.get(), 1000U);
  EXPECT_THROW(beyond.get(), boost::system::system_error);
  EXPECT_EQ(size.get(), 1000U);
  EXPECT_NO_THROW(synced.get());
}

TEST_F(good_asio_citizen_tokens, use_awaitable) {
  bool done = false;
  const auto client = [&]() -> asio::awaitable<void> {
    random_access_file other(all.link);
    co_await other.async_open(folder.path() / "new", open_flags::read_write | open_flags::create, asio::use_awaitable);
    EXPECT_EQ(co_await asio::async_write_at(other, 10, asio::buffer("text", 4), asio::use_awaitable), 4U);
    co_await other.async_resize(12, asio::use_awaitable);
    EXPECT_EQ(co_await other.async_size(asio::use_awaitable), 12U);
    co_await other.async_sync_data(asio::use_awaitable);
    EXPECT_EQ(co_await async_call(
                  all.link, 0, [](shard& on) { return on.index(); }, asio::use_awaitable),
              0U);
    co_await other.async_close(asio::use_awaitable);
    try {
      co_await other.async_size(asio::use_awaitable);
    } catch (const boost::system::system_error& failed) {
      done = failed.code() == asio::error::bad_descriptor;
    }
  };
  asio::co_spawn(all.context, client, asio::detached);
  ASSERT_TRUE(all.finish());
  EXPECT_TRUE(done);
}

TEST_F(good_asio_citizen_tokens, awaitables_joined_by_operators) {
  using namespace asio::experimental::awaitable_operators;
  std::size_t sum = 0;
  const auto client = [&]() -> asio::awaitable<void> {
    const auto [first, second] =
        co_await (file.async_read_some_at(0, asio::buffer(buffer, 400), asio::use_awaitable) &&
                  file.async_read_some_at(400, asio::buffer(buffer) + 400, asio::use_awaitable));
    sum = first + second;
  };
  asio::co_spawn(all.context, client, asio::detached);
  ASSERT_TRUE(all.finish());
  EXPECT_EQ(sum, 1000U);
  EXPECT_TRUE(buffer == fixtures::make_pattern(1000));
}

TEST_F(good_asio_citizen_tokens, deferred_starts_nothing_before_it_is_called) {
  auto later = file.async_read_some_at(0, asio::buffer(buffer), asio::deferred);
  ASSERT_TRUE(all.finish());
  EXPECT_EQ(all.link.stats().accepted, 0U);
  const outcome read = all.complete([&](auto handler) { std::move(later)(handler); });
  EXPECT_TRUE(read.succeeded() && read.value == 1000) << read;
}

TEST_F(good_asio_citizen_tokens, detached) {
  file.async_write_some_at(0, asio::buffer("text", 4), asio::detached);
  ASSERT_TRUE(all.finish());
  EXPECT_EQ(all.link.stats().completed, 1U);
  EXPECT_EQ(all.complete([&](auto h) { file.async_read_some_at(0, asio::buffer(buffer, 4), h); }).value, 4U);
  EXPECT_EQ(buffer.substr(0, 4), "text");
}

TEST_F(good_asio_citizen_tokens, as_tuple_and_redirect_error) {
  error_code told;
  error_code redirected;
  std::size_t bytes = 1;
  const auto client = [&]() -> asio::awaitable<void> {
    std::tie(told, bytes) =
        co_await file.async_read_some_at(1000, asio::buffer(buffer), asio::as_tuple(asio::use_awaitable));
    bytes += co_await file.async_read_some_at(5000, asio::buffer(buffer),
                                              asio::redirect_error(asio::use_awaitable, redirected));
  };
  asio::co_spawn(all.context, client, asio::detached);
  ASSERT_TRUE(all.finish());
  EXPECT_EQ(told, asio::error::eof);
  EXPECT_EQ(redirected, asio::error::eof);
  EXPECT_EQ(bytes, 0U);
}

TEST_F(good_asio_citizen_tokens, default_tokens_through_rebind_executor) {
  using awaiting_file = asio::use_awaitable_t<>::as_default_on_t<random_access_file>;
  static_assert(!std::same_as<awaiting_file, random_access_file>);
  std::uint64_t size = 0;
  std::size_t read = 0;
  const auto client = [&]() -> asio::awaitable<void> {
    awaiting_file other(all.link);
    co_await other.async_open(folder.path() / "file", open_flags::read_only);
    size = co_await other.async_size();
    read = co_await other.async_read_some_at(0, asio::buffer(buffer));
    size += co_await other.async_size(op_options{.timeout = patience});
    op_options options;
    read += co_await other.async_read_some_at(0, asio::buffer(buffer), options);
    co_await other.async_close(std::move(options));
  };
  asio::co_spawn(all.context, client, asio::detached);
  ASSERT_TRUE(all.finish());
  EXPECT_EQ(size, 2000U);
  EXPECT_EQ(read, 2000U);
}

TEST_F(good_asio_citizen_tokens, completion_conditions_of_composed_operations) {
  const outcome least = all.complete(
      [&](auto h) { asio::async_read_at(file, 900, asio::buffer(buffer), asio::transfer_at_least(100), h); });
  EXPECT_TRUE(least.succeeded() && least.value == 100) << least;
  const outcome exactly =
      all.complete([&](auto h) { asio::async_read_at(file, 0, asio::buffer(buffer), asio::transfer_exactly(10), h); });
  EXPECT_TRUE(exactly.succeeded() && exactly.value == 10) << exactly;
  const outcome whole = all.complete([&](auto h) { asio::async_read_at(file, 900, asio::buffer(buffer), h); });
  EXPECT_TRUE(whole.failed_with(asio::error::eof) && whole.value == 100) << whole;
  const outcome wrote = all.complete(
      [&](auto h) { asio::async_write_at(file, 2000, asio::buffer(buffer), asio::transfer_exactly(500), h); });
  EXPECT_TRUE(wrote.succeeded() && wrote.value == 500) << wrote;
  EXPECT_EQ(file.size(), 2500U);
}

} // namespace
} // namespace shardbridge::tests
