// Goal: whoever closes the descriptor of a file or a socket behind the library's back, or puts another file in its
// place, hangs nothing and loses nothing: what is under way ends as it would have, or at its deadline, its cancel or
// its stop at the latest; what is begun afterwards meets what is there then. Method: descriptors that are closed and
// replaced while operations on them hang in a FUSE file system, and wait for pipes and sockets.
#include "support/connected.hpp"
#include "support/fuse.hpp"
#include "support/stuck_reads.hpp"

#include <algorithm>
#include <array>

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace shardbridge::tests {
namespace {

const error_code no_descriptor = system_error_of(EBADF);

/// By their bare system calls: of the others ThreadSanitizer would say, rightly, that they race with who uses it.
void close_behind(int taken) {
  ASSERT_EQ(::syscall(SYS_close, taken), 0);
}
void replace_behind(int taken, int by) {
  ASSERT_EQ(::syscall(SYS_dup3, by, taken, O_CLOEXEC), taken);
}

class a_descriptor_taken_from_a_file : public with_fuse<> {
 protected:
  void SetUp() override {
    with_fuse::SetUp();
    if (IsSkipped()) return;
    const std::string path = fuse->make_file("file", size);
    all.emplace();
    file.emplace(all->link, ::open(path.c_str(), O_RDWR | O_CLOEXEC));
  }
  void TearDown() override {
    with_fuse::TearDown();
    if (all) expect_balanced(all->link.stats());
  }
  /// A read and a write of it that the kernel has.
  void hang_both() {
    const auto begun = fuse->started(fuse_op::read);
    fuse->set(fuse_op::read, {.hang = true});
    file->async_read_some_at(0, asio::buffer(back), read.handler());
    ASSERT_TRUE(fuse->wait_started(fuse_op::read, begun + 1));
  }
  void let_go() {
    fuse->clear();
    fuse->release();
  }

  static constexpr std::size_t size = 10'000;
  const fixtures::temporary_folder folder;
  std::string back = std::string(size, 'x');
  outcome read;
  std::optional<service> all;
  std::optional<random_access_file> file;
};

TEST_F(a_descriptor_taken_from_a_file, leaves_it_what_the_kernel_has) {
  hang_both();
  close_behind(file->native_handle());
  let_go();
  ASSERT_TRUE(all->finish());
  EXPECT_TRUE(read.succeeded() && read.value == size) << read;
  EXPECT_TRUE(back == fixtures::make_pattern(size));
}

TEST_F(a_descriptor_taken_from_a_file, is_told_to_what_is_begun_later) {
  close_behind(file->native_handle());
  EXPECT_TRUE(file->is_open()) << "it does not know";
  const auto fails = [this](auto initiate) { return all->complete(initiate).failed_with(no_descriptor); };
  EXPECT_TRUE(fails([&](auto h) { file->async_read_some_at(0, asio::buffer(back), h); }));
  EXPECT_TRUE(fails([&](auto h) { file->async_write_some_at(0, asio::buffer(back), h); }));
  EXPECT_TRUE(fails([&](auto h) { file->async_size(h); }));
  EXPECT_TRUE(fails([&](auto h) { file->async_allocate(0, size, h); }));
  EXPECT_TRUE(fails([&](auto h) { file->async_resize(0, h); }));
  EXPECT_TRUE(fails([&](auto h) { file->async_sync_all(h); }));
  EXPECT_TRUE(fails([&](auto h) { file->async_close(h); }));
  EXPECT_FALSE(file->is_open());
}

TEST_F(a_descriptor_taken_from_a_file, is_told_to_who_closes_it) {
  close_behind(file->native_handle());
  error_code failed;
  file->close(failed);
  EXPECT_EQ(failed, no_descriptor);
  EXPECT_FALSE(file->is_open());
}

TEST_F(a_descriptor_taken_from_a_file, and_replaced_serves_the_other_from_then_on) {
  const int other = ::open(folder.make_file("other", size / 2).c_str(), O_RDWR | O_CLOEXEC);
  hang_both();
  replace_behind(file->native_handle(), other);
  let_go();
  ASSERT_TRUE(all->finish());
  EXPECT_TRUE(read.succeeded() && read.value == size) << read << ": of the file that it was begun on";
  EXPECT_TRUE(back == fixtures::make_pattern(size));
  EXPECT_EQ(all->complete([&](auto h) { file->async_size(h); }).value, size / 2);
  EXPECT_EQ(all->complete([&](auto h) { file->async_read_some_at(0, asio::buffer(back), h); }).value, size / 2);
  file->close();
  EXPECT_EQ(::close(other), 0) << "it had one of its own";
}

/// How the wait for what may never come is ended.
enum class ended_by { deadline, cancel, closing, stop };

class a_descriptor_taken_from_a_pipe : public testing::Test {
 protected:
  ~a_descriptor_taken_from_a_pipe() override { ::close(other); }

  void wait_for_two(std::chrono::nanoseconds timeout = 60s) {
    stuck.start({.timeout = timeout});
    stuck.start({.timeout = timeout});
    ASSERT_TRUE(all.wait_in_flight(2));
  }
  /// Ends all of them, but `served`, which have ended before.
  void end_and_expect(ended_by how, std::ptrdiff_t served = 0) {
    error_code wanted = asio::error::operation_aborted;
    switch (how) {
    case ended_by::deadline:
      wanted = errc::expired_in_flight;
      break;
    case ended_by::cancel:
      stuck.file.cancel();
      break;
    case ended_by::closing: {
      error_code ignored; // there may be nothing to be closed
      stuck.file.close(ignored);
      break;
    }
    case ended_by::stop:
      all.group.stop();
      wanted = errc::stopped;
      break;
    }
    ASSERT_TRUE(all.finish());
    EXPECT_EQ(succeeded(), served);
    for (const outcome& each : stuck.outcomes)
      EXPECT_TRUE(each.succeeded() || each.failed_with(wanted)) << each;
    expect_balanced(all.link.stats());
  }
  [[nodiscard]] std::ptrdiff_t succeeded() const { return std::ranges::count_if(stuck.outcomes, &outcome::succeeded); }

  fifo elsewhere;
  int other = ::open(elsewhere.path().c_str(), O_RDWR | O_CLOEXEC);
  service all;
  stuck_reads stuck{all.link};
};

TEST_F(a_descriptor_taken_from_a_pipe, and_replaced_serves_who_comes_later) {
  wait_for_two();
  replace_behind(stuck.file.native_handle(), other);
  elsewhere.write("xyz");
  for (int each = 0; each < 3; ++each)
    stuck.start({.timeout = 60s});
  ASSERT_TRUE(all.run_until([this] { return succeeded() == 3; })) << "three bytes, whoever got them";
  end_and_expect(ended_by::cancel, 3);
}

class a_descriptor_taken : public a_descriptor_taken_from_a_pipe, public testing::WithParamInterface<ended_by> {
 protected:
  [[nodiscard]] std::chrono::nanoseconds timeout() const {
    return GetParam() == ended_by::deadline ? std::chrono::nanoseconds(300ms) : 60s;
  }
};

TEST_P(a_descriptor_taken, from_a_pipe_is_waited_for_no_longer_than_wanted) {
  wait_for_two(timeout());
  close_behind(stuck.file.native_handle());
  end_and_expect(GetParam());
}

TEST_P(a_descriptor_taken, from_a_pipe_and_replaced_is_waited_for_no_longer_than_wanted) {
  wait_for_two(timeout());
  replace_behind(stuck.file.native_handle(), other);
  end_and_expect(GetParam());
}

std::string name_of(const testing::TestParamInfo<ended_by>& param) {
  constexpr std::array names{"deadline", "cancel", "closing", "stop"};
  return names.at(static_cast<std::size_t>(param.param));
}

INSTANTIATE_TEST_SUITE_P(ended_by, a_descriptor_taken,
                         testing::Values(ended_by::deadline, ended_by::cancel, ended_by::closing, ended_by::stop),
                         name_of);

class a_descriptor_taken_from_a_socket : public on_shard {};

TEST_F(a_descriptor_taken_from_a_socket, ends_no_wait_before_its_deadline_or_cancel) {
  run([](shard& on) -> task<> {
    connected one = co_await connect_both(on), two = co_await connect_both(on);
    std::array<char, 10> room{};
    auto into_shards = on.spawn([](shard& where, const shard_socket& from) -> task<> {
      static_cast<void>(co_await where.recv(from, {.timeout = 300ms}));
    }(on, one.ours));
    auto into_callers = on.spawn([](shard& where, const shard_socket& from, asio::mutable_buffer into) -> task<> {
      static_cast<void>(co_await where.recv(from, into, {.timeout = 300ms}));
    }(on, two.ours, asio::buffer(room)));
    auto given_up = on.spawn(receive(on, one.theirs, 10));
    co_await on.sleep_for(10ms); // the kernel has them
    for (const int each : {one.ours.native_handle(), two.ours.native_handle(), one.theirs.native_handle()})
      close_behind(each);
    EXPECT_EQ(co_await error_of(std::move(into_shards).join()), errc::expired_in_flight);
    EXPECT_EQ(co_await error_of(std::move(into_callers).join()), errc::expired_in_flight);
    given_up.abort();
    EXPECT_EQ(co_await error_of(std::move(given_up).join()), asio::error::operation_aborted);
  });
}

TEST_F(a_descriptor_taken_from_a_socket, ends_with_its_object_who_waits) {
  run([](shard& on) -> task<> {
    connected both = co_await connect_both(on);
    shard_listener listener = on.listen(any_port());
    auto receiving = on.spawn(receive(on, both.ours, 10));
    auto accepting = on.spawn([](shard& where, const shard_listener& from) -> task<> {
      static_cast<void>(co_await where.accept(from));
    }(on, listener));
    co_await on.sleep_for(10ms); // the kernel has them
    close_behind(both.ours.native_handle());
    close_behind(listener.native_handle());
    both.ours.close();
    listener.close();
    EXPECT_EQ(co_await error_of(std::move(receiving).join()), asio::error::operation_aborted);
    EXPECT_EQ(co_await error_of(std::move(accepting).join()), asio::error::operation_aborted);
  });
}

TEST_F(a_descriptor_taken_from_a_socket, is_told_to_what_is_begun_later) {
  run([](shard& on) -> task<> {
    const connected both = co_await connect_both(on);
    const shard_listener listener = on.listen(any_port());
    close_behind(both.ours.native_handle());
    close_behind(listener.native_handle());
    std::array<char, 10> room{};
    EXPECT_EQ(co_await error_of(on.recv(both.ours, {.timeout = patience})), no_descriptor);
    EXPECT_EQ(co_await error_of(on.send(both.ours, asio::buffer("x", 1))), no_descriptor);
    EXPECT_EQ(co_await error_of(on.accept(listener, {.timeout = patience})), no_descriptor);
    close_behind(both.theirs.native_handle());
    EXPECT_EQ(co_await error_of(on.recv(both.theirs, asio::buffer(room), {.timeout = patience})), no_descriptor);
  });
}

// The kernel keeps the connection for what it has, or nobody does.
TEST_F(a_descriptor_taken_from_a_socket, hangs_no_send) {
  run([](shard& on) -> task<> {
    const connected both = co_await connect_both(on);
    const std::string much(16 << 20, 'x');
    auto sending = on.spawn([](shard& where, const shard_socket& to, const std::string& text) -> task<> {
      static_cast<void>(co_await where.send(to, asio::buffer(text), {.timeout = 300ms}));
    }(on, both.ours, much));
    co_await on.sleep_for(10ms); // the kernel has them
    close_behind(both.ours.native_handle());
    EXPECT_EQ(co_await error_of(std::move(sending).join()), errc::expired_in_flight);
  });
}

TEST_F(a_descriptor_taken_from_a_socket, and_replaced_serves_the_other_from_then_on) {
  run([](shard& on) -> task<> {
    connected one = co_await connect_both(on), two = co_await connect_both(on);
    replace_behind(one.ours.native_handle(), two.ours.native_handle());
    co_await on.send(two.theirs, asio::buffer("hello", 5));
    EXPECT_EQ(co_await receive(on, one.ours, 5), "hello");
    EXPECT_EQ(co_await on.send(one.ours, asio::buffer("world", 5)), 5U);
    EXPECT_EQ(co_await receive(on, two.theirs, 5), "world");
    EXPECT_EQ(co_await receive(on, one.theirs), "") << "it was closed";
  });
}

} // namespace
} // namespace shardbridge::tests
