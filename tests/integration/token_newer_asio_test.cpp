// Goal: what newer versions of Asio have beside tokens works with every kind of operation. Method: behind checks of the
// version; where Asio is older there is nothing to test.
#include "support/stuck_reads.hpp"

#include <boost/asio/version.hpp>
#include <temporary_folder.hpp>

#if BOOST_ASIO_VERSION >= 102700
#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/bind_immediate_executor.hpp>
#include <boost/asio/consign.hpp>
#endif
#if BOOST_ASIO_VERSION >= 103100
#include <boost/asio/cancel_after.hpp>
#endif

namespace shardbridge::tests {
namespace {

#if BOOST_ASIO_VERSION >= 102700
class newer_asio : public testing::Test {
 protected:
  const fixtures::temporary_folder folder;
  std::string buffer = std::string(100, '\0');
  service all;
  random_access_file file{all.link, folder.make_file("file", 1000), open_flags::read_only};
};

TEST_F(newer_asio, any_completion_handler) {
  const outcome read = all.complete([&](auto handler) {
    asio::any_completion_handler<void(error_code, std::size_t)> any(handler);
    file.async_read_some_at(0, asio::buffer(buffer), std::move(any));
  });
  EXPECT_TRUE(read.succeeded() && read.value == 100) << read;
}

TEST_F(newer_asio, any_completion_handler_keeps_executor_and_allocator) {
  auto strand = asio::make_strand(all.context);
  bool inside = false;
  asio::any_completion_handler<void(error_code)> any(
      asio::bind_executor(strand, asio::bind_allocator(std::allocator<void>(), [&](const error_code&) {
                            inside = strand.running_in_this_thread();
                          })));
  async_nop(all.link, 0, std::move(any));
  ASSERT_TRUE(all.finish());
  EXPECT_TRUE(inside);
}

TEST_F(newer_asio, any_completion_handler_can_be_cancelled) {
  stuck_reads stuck(all.link);
  asio::cancellation_signal signal;
  outcome read;
  asio::any_completion_handler<void(error_code, std::size_t)> any(
      asio::bind_cancellation_slot(signal.slot(), read.handler()));
  stuck.file.async_read_some_at(0, asio::buffer(buffer), std::move(any));
  ASSERT_TRUE(all.wait_in_flight(1));
  signal.emit(asio::cancellation_type::terminal);
  ASSERT_TRUE(all.finish());
  EXPECT_TRUE(read.failed_with(asio::error::operation_aborted)) << read;
}

TEST_F(newer_asio, consign) {
  auto kept = std::make_shared<int>();
  const outcome read = all.complete(
      [&](auto handler) { file.async_read_some_at(0, asio::buffer(buffer), asio::consign(handler, kept)); });
  EXPECT_TRUE(read.succeeded()) << read;
  EXPECT_EQ(kept.use_count(), 1);
}

TEST_F(newer_asio, immediate_executor_is_told_at_once_what_needs_no_shard) {
  random_access_file closed(all.link);
  outcome told;
  closed.async_read_some_at(0, asio::buffer(buffer),
                            asio::bind_immediate_executor(asio::system_executor(), told.handler()));
  EXPECT_TRUE(told.failed_with(asio::error::bad_descriptor)) << "inside the initiating function: " << told;
  outcome empty;
  file.async_read_some_at(0, asio::mutable_buffer(),
                          asio::bind_immediate_executor(asio::system_executor(), empty.handler()));
  EXPECT_TRUE(empty.succeeded()) << empty;
  all.link.stop();
  outcome refused;
  async_nop(all.link, 0, asio::bind_immediate_executor(asio::system_executor(), refused.handler()));
  EXPECT_TRUE(refused.failed_with(errc::stopped)) << refused;
}

TEST_F(newer_asio, immediate_executor_leaves_the_handler_on_its_own) {
  random_access_file closed(all.link);
  outcome told;
  closed.async_read_some_at(
      0, asio::buffer(buffer),
      asio::bind_immediate_executor(asio::system_executor(),
                                    asio::bind_executor(all.context.get_executor(), told.handler())));
  EXPECT_EQ(told.calls, 0) << "it runs nowhere but on its executor";
  ASSERT_TRUE(all.finish());
  EXPECT_TRUE(told.failed_with(asio::error::bad_descriptor)) << told;
}

TEST_F(newer_asio, immediate_executor_is_not_for_what_goes_to_a_shard) {
  outcome read;
  file.async_read_some_at(0, asio::buffer(buffer),
                          asio::bind_immediate_executor(asio::system_executor(), read.handler()));
  EXPECT_EQ(read.calls, 0);
  ASSERT_TRUE(all.finish());
  EXPECT_TRUE(read.succeeded() && read.value == 100) << read;
}

TEST_F(newer_asio, without_an_immediate_executor_no_handler_runs_inside_its_initiating_function) {
  random_access_file closed(all.link);
  outcome told;
  closed.async_read_some_at(0, asio::buffer(buffer), told.handler());
  EXPECT_EQ(told.calls, 0);
  ASSERT_TRUE(all.finish());
  EXPECT_TRUE(told.failed_with(asio::error::bad_descriptor)) << told;
}
#endif

#if BOOST_ASIO_VERSION >= 103100
TEST_F(newer_asio, cancel_after_that_fires) {
  stuck_reads stuck(all.link);
  const outcome read = all.complete(
      [&](auto handler) { stuck.file.async_read_some_at(0, asio::buffer(buffer), asio::cancel_after(20ms, handler)); });
  EXPECT_TRUE(read.failed_with(asio::error::operation_aborted)) << read;
}

TEST_F(newer_asio, cancel_after_that_does_not) {
  const outcome read = all.complete(
      [&](auto handler) { asio::async_read_at(file, 0, asio::buffer(buffer), asio::cancel_after(patience, handler)); });
  EXPECT_TRUE(read.succeeded() && read.value == 100) << read;
}

TEST_F(newer_asio, cancel_after_as_part_of_a_coroutine) {
  std::size_t bytes = 0;
  const auto client = [&]() -> asio::awaitable<void> {
    bytes = co_await file.async_read_some_at(0, asio::buffer(buffer), asio::cancel_after(patience));
  };
  asio::co_spawn(all.context, client, asio::detached);
  ASSERT_TRUE(all.finish());
  EXPECT_EQ(bytes, 100U);
}
#endif

} // namespace
} // namespace shardbridge::tests
