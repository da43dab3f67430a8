// Goal: what tokens ask of an initiation beyond its result, which every_token_on_every_executor tests: they may hold it
// back, leave it out for a default, join several, and give Asio's compositions their conditions. Method: Asio's own.
#include "support/service.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <temporary_folder.hpp>

#include <concepts>

namespace shardbridge::tests {
namespace {

class good_asio_citizen_tokens : public testing::Test {
 protected:
  const fixtures::temporary_folder folder;
  std::string buffer = std::string(1000, '\0');
  service all;
  random_access_file file{all.link, folder.make_file("file", 1000), open_flags::read_write};
};

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
