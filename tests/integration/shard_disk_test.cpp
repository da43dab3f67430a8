// Goal: code on a shard opens, reads, writes, changes and removes files through its shard's ring, with the same rules
// as files of bridges. Method: tasks on a real shard, on real files and a FIFO; what they did is looked at from here.
#include "support/fifo.hpp"
#include "support/on_shard.hpp"

#include <temporary_folder.hpp>

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>

namespace shardbridge::tests {
namespace {

namespace fs = std::filesystem;

std::string contents_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class shard_files : public on_shard {
 protected:
  /// A task that waits for what never comes: a read of an empty FIFO.
  auto waiting(const io_options& options = {}) {
    return [this, options](shard& on) -> task<> {
      const shard_file file = co_await on.open(pipe.path(), open_flags::read_write);
      std::string bytes(10, 'x');
      co_await on.read(file, 0, asio::buffer(bytes), options);
    };
  }

  fixtures::temporary_folder folder;
  const std::string path = folder.path() / "file";
  fifo pipe;
};

TEST_F(shard_files, are_written_and_read) {
  run([&](shard& on) -> task<> {
    shard_file file = co_await on.open(path, open_flags::read_write | open_flags::create);
    EXPECT_TRUE(file.is_open());
    const std::string hello = "hello ";
    const std::string world = "world";
    const std::array both{asio::buffer(hello), asio::buffer(world)};
    EXPECT_EQ(co_await on.write(file, 3, both), 11U);
    co_await on.sync_data(file);
    co_await on.sync(file);
    EXPECT_EQ(co_await on.size(file), 14U);
    std::string begin(3, 'x'), rest(20, 'x');
    const std::array into{asio::buffer(begin), asio::buffer(rest)};
    EXPECT_EQ(co_await on.read(file, 0, into), 14U) << "to the end of the file";
    EXPECT_EQ(begin + rest.substr(0, 11), std::string("\0\0\0hello world", 14));
    EXPECT_EQ(co_await on.read(file, 14, asio::buffer(rest)), 0U) << "at the end";
    co_await on.close(std::move(file));
  });
  EXPECT_EQ(contents_of(path), std::string("\0\0\0hello world", 14));
}

TEST_F(shard_files, take_buffers_along_and_give_them_back) {
  buffer_pool pool({.bytes = 1 << 20});
  run([&](shard& on) -> task<> {
    const shard_file file = co_await on.open(path, open_flags::read_write | open_flags::create);
    owned_buffer out = pool.allocate(8192);
    std::fill_n(out.data(), out.size(), std::byte{7});
    auto [written, back] = co_await on.write(file, 0, std::move(out));
    EXPECT_EQ(written, 8192U);
    EXPECT_EQ(back.size(), 8192U);
    std::fill_n(back.data(), back.size(), std::byte{0});
    auto [count, filled] = co_await on.read(file, 0, std::move(back));
    EXPECT_EQ(count, 8192U);
    EXPECT_EQ(filled.data()[8191], std::byte{7});
  });
}

TEST_F(shard_files, change_their_size_and_space) {
  run([&](shard& on) -> task<> {
    const shard_file file = co_await on.open(path, open_flags::read_write | open_flags::create);
    co_await on.resize(file, 100);
    EXPECT_EQ(co_await on.size(file), 100U);
    co_await on.allocate(file, 0, 8192);
    EXPECT_EQ(co_await on.size(file), 8192U);
    co_await on.allocate(file, 8192, 4096, allocate_mode::keep_size);
    EXPECT_EQ(co_await on.size(file), 8192U);
    co_await on.advise(file, 0, 0, file_advice::sequential);
  });
  EXPECT_EQ(fs::file_size(path), 8192U);
}

TEST_F(shard_files, have_paths) {
  const std::string made = folder.path() / "folder";
  const std::string moved = made + "/moved";
  std::ofstream(path) << "four";
  run([&](shard& on) -> task<> {
    co_await on.mkdir(made);
    co_await on.rename(path, moved);
    const file_status status = co_await on.stat(moved);
    EXPECT_EQ(status.size, 4U);
    co_await on.unlink(moved);
  });
  EXPECT_TRUE(fs::is_directory(made));
  EXPECT_TRUE(fs::is_empty(made));
}

TEST_F(shard_files, that_fail_say_why) {
  std::ofstream(path) << "four";
  const auto open_missing = [&](shard& on) -> task<> { co_await on.open(path + "/not", open_flags::read_only); };
  EXPECT_EQ(failure_of(open_missing), system_error_of(ENOTDIR));
  const auto stat_missing = [&](shard& on) -> task<> { co_await on.stat(path + "not"); };
  EXPECT_EQ(failure_of(stat_missing), system_error_of(ENOENT));
  const auto read_of_none = [](shard& on) -> task<> {
    const shard_file none;
    std::string bytes(10, 'x');
    co_await on.read(none, 0, asio::buffer(bytes));
  };
  EXPECT_EQ(failure_of(read_of_none), system_error_of(EBADF));
  const auto close_of_none = [](shard& on) -> task<> { co_await on.close(shard_file()); };
  EXPECT_EQ(failure_of(close_of_none), system_error_of(EBADF));
  const auto write_to_read_only = [&](shard& on) -> task<> {
    const shard_file file = co_await on.open(path, open_flags::read_only);
    const std::string bytes(10, 'x');
    co_await on.write(file, 0, asio::buffer(bytes));
  };
  EXPECT_EQ(failure_of(write_to_read_only), system_error_of(EBADF));
  const auto misaligned = [&](shard& on) -> task<> {
    const shard_file file = co_await on.open(path, open_flags::read_only | open_flags::direct);
    std::string bytes(10, 'x');
    co_await on.read(file, 1, asio::buffer(bytes));
  };
  // A file system in memory may have no direct access at all.
  const error_code told = failure_of(misaligned);
  EXPECT_TRUE(told == errc::misaligned || told == system_error_of(EINVAL)) << told.message();
}

TEST_F(shard_files, have_deadlines) {
  EXPECT_EQ(failure_of(waiting({.timeout = 20ms})), std::errc::timed_out);
  EXPECT_EQ(failure_of(waiting({.deadline = std::chrono::steady_clock::now()})), errc::expired_queued);
}

TEST_F(shard_files, are_cancelled_with_the_call_from_asio) {
  answer<void> ended;
  asio::cancellation_signal cancel;
  const auto waits = waiting();
  async_call(all.link, 0, waits, asio::bind_cancellation_slot(cancel.slot(), ended.handler()));
  ASSERT_TRUE(all.wait_in_flight(1));
  cancel.emit(asio::cancellation_type::total);
  ASSERT_TRUE(all.wait_in_flight(1)) << "it has begun";
  cancel.emit(asio::cancellation_type::terminal);
  ASSERT_TRUE(all.finish());
  EXPECT_EQ(code_of(ended.failure), asio::error::operation_aborted);
  expect_balanced(all.link.stats());
}

TEST_F(shard_files, end_at_the_deadline_of_the_call) {
  answer<void> ended;
  const auto waits = waiting();
  async_call(all.link, 0, waits, op_options{.timeout = 20ms}, ended.handler());
  ASSERT_TRUE(all.finish());
  EXPECT_EQ(code_of(ended.failure), std::errc::timed_out);
}

TEST_F(shard_files, are_told_of_a_stop) {
  answer<void> ended;
  const auto waits = waiting();
  async_call(all.link, 0, waits, ended.handler());
  ASSERT_TRUE(all.wait_in_flight(1));
  all.group.stop();
  ASSERT_TRUE(all.finish());
  EXPECT_EQ(code_of(ended.failure), errc::stopped);
}

TEST_F(shard_files, are_closed_when_what_is_outstanding_has_ended) {
  run([&](shard& on) -> task<> {
    shard_file file = co_await on.open(pipe.path(), open_flags::read_write);
    const int number = file.native_handle();
    std::string bytes(10, 'x');
    const auto read = [](shard& self, const shard_file& from, std::string& into) -> task<std::size_t> {
      co_return co_await self.read(from, 0, asio::buffer(into));
    };
    const auto close = [](shard& self, shard_file closed) -> task<> { co_await self.close(std::move(closed)); };
    join_handle<std::size_t> reading = on.spawn(read(on, file, bytes));
    co_await on.nop(); // by now the read is in the kernel
    join_handle<void> closing = on.spawn(close(on, std::move(file)));
    co_await on.nop();
    EXPECT_FALSE(closing.done());
    EXPECT_EQ(::fcntl(number, F_GETFD), FD_CLOEXEC) << "it is open";
    pipe.write("some");
    EXPECT_EQ(co_await std::move(reading).join(), 4U);
    co_await std::move(closing).join();
    EXPECT_EQ(::fcntl(number, F_GETFD), -1);
  });
}

TEST_F(shard_files, that_are_dropped_are_closed) {
  run([&](shard& on) -> task<> {
    int number = -1;
    {
      const shard_file file = co_await on.open(pipe.path(), open_flags::read_write);
      number = file.native_handle();
    }
    EXPECT_EQ(::fcntl(number, F_GETFD), -1);
  });
}

} // namespace
} // namespace shardbridge::tests
