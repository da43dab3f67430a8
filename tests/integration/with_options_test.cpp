// Goal: options bound to a token reach every operation that is initiated with it, through composed operations and
// whatever wraps the handler, and a timeout among them is one deadline for the whole. Method: Asio's own adapters and
// composed operations; a FIFO that gives a little at a time.
#include "support/stuck_reads.hpp"

#include <boost/asio/experimental/deferred.hpp>
#include <temporary_folder.hpp>

namespace shardbridge::tests {
namespace {

class one_deadline_for_the_whole : public testing::Test {
 protected:
  /// Gives a byte every 20 ms, for at most 2 s, as long as there is a reader that wants it.
  class drip {
   public:
    explicit drip(service& on, const fifo& into) : timer_(on.context), into_(into) { next(); }
    /// Takes back what is not due yet; what is due already finds that it is over.
    void end() {
      drops_ = most;
      timer_.cancel();
    }

   private:
    void next() {
      if (drops_ >= most) return;
      ++drops_;
      timer_.expires_after(20ms);
      timer_.async_wait([this](const error_code& ended) {
        if (ended || drops_ >= most) return;
        into_.write("x");
        next();
      });
    }

    static constexpr int most = 100;

    asio::steady_timer timer_;
    const fifo& into_;
    int drops_ = 0;
  };

  service all;
  fifo pipe;
  random_access_file file{all.link, pipe.path(), open_flags::read_write};
  std::string buffer = std::string(1000, '\0');
};

TEST_F(one_deadline_for_the_whole, of_a_composed_read) {
  drip drops(all, pipe);
  const auto began = std::chrono::steady_clock::now();
  const outcome late = all.complete([&](auto h) {
    asio::async_read_at(file, 0, asio::buffer(buffer), with_options({.timeout = 200ms}, [&, h](auto... result) mutable {
                          drops.end();
                          h(result...);
                        }));
  });
  EXPECT_EQ(late.error, std::errc::timed_out) << late;
  EXPECT_GT(late.value, 0U);
  EXPECT_GE(std::chrono::steady_clock::now() - began, 200ms);
  EXPECT_LT(std::chrono::steady_clock::now() - began, 1500ms) << "each part had a timeout of its own";
}

TEST_F(one_deadline_for_the_whole, of_a_composed_read_in_a_coroutine) {
  drip drops(all, pipe);
  error_code ended;
  std::size_t moved = 0;
  const auto client = [&]() -> asio::awaitable<void> {
    std::tie(ended, moved) = co_await asio::async_read_at(
        file, 0, asio::buffer(buffer), asio::as_tuple(with_options({.timeout = 200ms}, asio::use_awaitable)));
    drops.end();
  };
  asio::co_spawn(all.context, client, asio::detached);
  ASSERT_TRUE(all.finish());
  EXPECT_EQ(ended, std::errc::timed_out);
  EXPECT_GT(moved, 0U);
}

TEST_F(one_deadline_for_the_whole, begins_when_it_is_initiated) {
  auto later = async_nop(all.link, 0, with_options({.timeout = 1s}, asio::experimental::deferred));
  std::this_thread::sleep_for(1100ms);
  EXPECT_TRUE(all.complete([&](auto h) { std::move(later)(h); }).succeeded());
}

TEST_F(one_deadline_for_the_whole, is_overridden_by_options_of_the_operation) {
  pipe.write("abc");
  const outcome read = all.complete([&](auto h) {
    file.async_read_some_at(0, asio::buffer(buffer), {.timeout = no_timeout}, with_options({.timeout = -1ns}, h));
  });
  EXPECT_TRUE(read.succeeded()) << read;
}

TEST_F(one_deadline_for_the_whole, overrides_that_of_the_file) {
  pipe.write("abc");
  file.default_options({.timeout = -1ns});
  const auto read = [&](const op_options& options) {
    return all.complete([&](auto h) { file.async_read_some_at(0, asio::buffer(buffer), with_options(options, h)); });
  };
  EXPECT_TRUE(read({}).failed_with(errc::expired_queued)) << "nothing is named, so the file's counts";
  EXPECT_TRUE(read({.timeout = no_timeout}).succeeded());
}

class options_of_a_token : public testing::Test {
 protected:
  static op_options late() { return {.timeout = -1ns}; }

  service all{{.shards = 2}};
};

TEST_F(options_of_a_token, reach_every_initiating_function) {
  const fixtures::temporary_folder folder;
  random_access_file file(all.link, folder.make_file("file", 10), open_flags::read_write);
  std::string buffer(10, 'x');
  const auto expect_late = [&](auto initiate) {
    EXPECT_TRUE(all.complete([&](auto h) { initiate(with_options(late(), h)); }).failed_with(errc::expired_queued));
  };
  expect_late([&](auto token) { file.async_read_some_at(0, asio::buffer(buffer), token); });
  expect_late([&](auto token) { file.async_write_some_at(0, asio::buffer(buffer), token); });
  expect_late([&](auto token) { asio::async_write_at(file, 0, asio::buffer(buffer), token); });
  expect_late([&](auto token) { file.async_size(token); });
  expect_late([&](auto token) { file.async_resize(5, token); });
  expect_late([&](auto token) { file.async_sync_all(token); });
  expect_late([&](auto token) { file.async_sync_data(token); });
  expect_late([&](auto token) { async_nop(all.link, 0, token); });
  error_code late_together;
  const auto told = [&late_together](error_code error, synced_write) { late_together = error; };
  file.async_write_and_sync_data_at(0, asio::buffer(buffer), with_options(late(), told));
  ASSERT_TRUE(all.finish());
  EXPECT_EQ(late_together, errc::expired_queued);
  auto called = async_call(
      all.link, 0, [](shard&) {}, with_options(late(), asio::use_future));
  ASSERT_TRUE(all.finish());
  EXPECT_THROW(called.get(), boost::system::system_error);
  expect_late([&](auto token) { file.async_close(token); });
  random_access_file other(all.link);
  expect_late([&](auto token) { other.async_open(folder.path() / "file", open_flags::read_only, token); });
}

TEST_F(options_of_a_token, come_through_what_wraps_the_handler) {
  asio::cancellation_signal signal;
  const auto expect_late = [&](auto wrap) {
    outcome out;
    async_nop(all.link, 0, wrap(with_options(late(), out.handler())));
    ASSERT_TRUE(all.finish());
    EXPECT_TRUE(out.failed_with(errc::expired_queued)) << out;
  };
  expect_late([&](auto token) { return asio::bind_executor(all.context, token); });
  expect_late([&](auto token) { return asio::bind_cancellation_slot(signal.slot(), token); });
  expect_late([&](auto token) { return asio::bind_allocator(std::allocator<void>(), token); });
  expect_late([&](auto token) { return with_options({.shard = 0}, token); });
}

TEST_F(options_of_a_token, leave_what_else_is_associated_with_the_handler) {
  asio::io_context elsewhere;
  outcome out;
  async_nop(all.link, 0, with_options({.timeout = 1h}, asio::bind_executor(elsewhere, out.handler())));
  ASSERT_TRUE(all.finish());
  EXPECT_EQ(out.calls, 0);
  elsewhere.run_for(patience);
  EXPECT_TRUE(out.succeeded());
}

TEST_F(options_of_a_token, cancel_and_place_too) {
  stuck_reads stuck(all.link);
  std::stop_source source;
  outcome read;
  std::array<char, 1> byte{};
  stuck.file.async_read_some_at(0, asio::buffer(byte),
                                with_options({.stop_token = source.get_token(), .shard = 1}, read.handler()));
  ASSERT_TRUE(all.run_until([&] { return all.group.stats()[1].in_flight == 1; }));
  source.request_stop();
  ASSERT_TRUE(all.finish());
  EXPECT_TRUE(read.failed_with(asio::error::operation_aborted)) << read;
}

TEST_F(options_of_a_token, need_no_copy_of_the_handler) {
  outcome out;
  async_nop(all.link, 0,
            with_options({.timeout = 1h}, [h = out.handler(), only = std::make_unique<int>(1)](auto... result) mutable {
              h(result...);
            }));
  ASSERT_TRUE(all.finish());
  EXPECT_TRUE(out.succeeded());
}

} // namespace
} // namespace shardbridge::tests
