// Goal: a handler runs on its associated executor and nowhere else, and never inside the function that initiates its
// operation, even if that fails at once. Method: executors that can be recognised from inside.
#include "support/service.hpp"

#include <temporary_folder.hpp>

#include <atomic>
#include <future>

namespace shardbridge::tests {
namespace {

/// Runs everything inside the call that submits it: the executor that tempts a library most.
struct inline_executor {
  template <class Function>
  void execute(Function&& function) const {
    std::forward<Function>(function)();
  }
  [[maybe_unused]] friend bool operator==(const inline_executor&, const inline_executor&) noexcept { return true; }
};

class good_asio_citizen_executors : public testing::Test {
 protected:
  template <class Handler>
  void read(Handler&& handler) {
    file.async_read_some_at(0, asio::buffer(buffer), std::forward<Handler>(handler));
  }

  const fixtures::temporary_folder folder;
  std::string buffer = std::string(100, '\0');
  service all;
  random_access_file file{all.link, folder.make_file("file", 1000), open_flags::read_only};
};

TEST_F(good_asio_citizen_executors, a_strand) {
  auto strand = asio::make_strand(all.context);
  bool inside = false;
  read(asio::bind_executor(strand, [&](const error_code&, std::size_t) { inside = strand.running_in_this_thread(); }));
  ASSERT_TRUE(all.finish());
  EXPECT_TRUE(inside);
}

TEST_F(good_asio_citizen_executors, the_bridges_own_named_otherwise) {
  int calls = 0;
  read(asio::bind_executor(all.context.get_executor(), [&](const error_code&, std::size_t) { ++calls; }));
  read(asio::bind_executor(all.link.get_executor(), [&](const error_code&, std::size_t) { ++calls; }));
  read(asio::bind_executor(asio::any_io_executor(all.context.get_executor()),
                           [&](const error_code&, std::size_t) { ++calls; }));
  ASSERT_TRUE(all.finish());
  EXPECT_EQ(calls, 3);
}

TEST_F(good_asio_citizen_executors, another_context_which_has_work_until_the_handler_ran) {
  asio::io_context other;
  std::thread::id ran_on;
  read(asio::bind_executor(other.get_executor(),
                           [&](const error_code&, std::size_t) { ran_on = std::this_thread::get_id(); }));
  std::thread runner([&] { other.run(); }); // would return at once if it had no work
  const auto id = runner.get_id();
  ASSERT_TRUE(all.finish());
  runner.join();
  EXPECT_EQ(ran_on, id);
}

TEST_F(good_asio_citizen_executors, the_system_executor) {
  std::atomic<int> calls = 0;
  std::promise<void> done;
  for (int each = 0; each < 10; ++each)
    read(asio::bind_executor(asio::system_executor(), [&](const error_code&, std::size_t) {
      if (++calls == 10) done.set_value();
    }));
  ASSERT_TRUE(all.finish());
  ASSERT_EQ(done.get_future().wait_for(patience), std::future_status::ready);
  EXPECT_EQ(calls, 10);
}

TEST_F(good_asio_citizen_executors, an_inline_one) {
  std::thread::id ran_on;
  read(asio::bind_executor(inline_executor(),
                           [&](const error_code&, std::size_t) { ran_on = std::this_thread::get_id(); }));
  EXPECT_EQ(ran_on, std::thread::id());
  ASSERT_TRUE(all.finish());
  EXPECT_EQ(ran_on, std::this_thread::get_id());
}

TEST_F(good_asio_citizen_executors, that_of_a_coroutine_elsewhere) {
  asio::thread_pool pool(2);
  const auto strand = asio::make_strand(pool);
  int inside = 0;
  const auto client = [&]() -> asio::awaitable<void> {
    for (int each = 0; each < 10; ++each) {
      co_await file.async_read_some_at(0, asio::buffer(buffer), asio::use_awaitable);
      inside += strand.running_in_this_thread() ? 1 : 0;
    }
  };
  std::promise<void> done;
  asio::co_spawn(strand, client, [&](const std::exception_ptr&) { done.set_value(); });
  // The bridge's context is not told of operations before they are initiated.
  const auto work = asio::make_work_guard(all.context);
  std::thread runner([&] { all.context.run(); });
  EXPECT_EQ(done.get_future().wait_for(patience), std::future_status::ready);
  pool.join();
  all.context.stop();
  runner.join();
  EXPECT_EQ(inside, 10);
}

/// Every way in which an operation can be over before it began.
template <class Executor>
void expect_never_inside(service& all, random_access_file& file, const Executor& executor) {
  std::string buffer(100, '\0');
  std::vector<outcome> seen(9);
  bool initiating = true;
  const auto handler = [&](std::size_t each) {
    return asio::bind_executor(executor, [&, each](const error_code& told, auto...) {
      EXPECT_FALSE(initiating) << "operation " << each << " was answered inside its initiation";
      seen[each].handler()(told);
    });
  };
  std::stop_source stopped;
  stopped.request_stop();
  random_access_file closed(all.link);
  file.async_read_some_at(0, asio::mutable_buffer(), handler(0));
  closed.async_read_some_at(0, asio::buffer(buffer), handler(1));
  closed.async_size(handler(2));
  file.async_open("/dev/null", open_flags::read_only, handler(3));
  file.async_read_some_at(0, asio::buffer(buffer), {.timeout = 0ns}, handler(4));
  file.async_read_some_at(0, asio::buffer(buffer), {.stop_token = stopped.get_token()}, handler(5));
  file.async_read_some_at(0, asio::buffer(buffer), {.shard = 17}, handler(6));
  closed.async_close(handler(7));
  std::string large(2000, '\0');
  file.async_read_some_at(0, asio::buffer(large), handler(8));
  std::this_thread::sleep_for(5ms); // long enough for a thread that should not to call one
  initiating = false;
  ASSERT_TRUE(all.finish());
  const std::array<error_code, 9> expected{
      error_code(),         asio::error::bad_descriptor,    asio::error::bad_descriptor,   asio::error::already_open,
      errc::expired_queued, asio::error::operation_aborted, asio::error::invalid_argument, asio::error::bad_descriptor,
      errc::too_large};
  for (std::size_t each = 0; each < seen.size(); ++each)
    EXPECT_TRUE(seen[each].failed_with(expected[each])) << each << ": " << seen[each];
}

TEST_F(good_asio_citizen_executors, never_inside_the_initiating_function) {
  service small({}, {.max_bytes = 1000});
  random_access_file other(small.link, folder.path() / "file", open_flags::read_only);
  expect_never_inside(small, other, small.link.get_executor());
  expect_never_inside(small, other, inline_executor());
  expect_never_inside(small, other, asio::make_strand(small.context));
}

// Inside a handler of the same context, where a dispatch would run at once.
TEST_F(good_asio_citizen_executors, never_inside_the_initiating_function_in_a_handler) {
  service small({}, {.max_bytes = 1000});
  random_access_file other(small.link, folder.path() / "file", open_flags::read_only);
  outcome later;
  asio::post(small.context, [&] {
    bool initiating = true;
    other.async_read_some_at(0, asio::mutable_buffer(), [&](const error_code&, std::size_t) {
      EXPECT_TRUE(later.calls == 1) << "what was posted before runs before";
    });
    asio::dispatch(small.context, [&] { ++later.calls; });
    initiating = false;
    EXPECT_FALSE(initiating);
  });
  ASSERT_TRUE(small.finish());
}

} // namespace
} // namespace shardbridge::tests
