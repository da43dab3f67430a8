// Goal: a process that forks while shards work disturbs nothing: what is outstanding ends in the parent, the child that
// runs another program has none of the library's descriptors, and one that only ends takes nothing with it. Method:
// a child in the middle of a read of a FIFO, of disk operations and of a connection that waits.
#include "support/fifo.hpp"
#include "support/service.hpp"

#include <child_program.hpp>
#include <temporary_folder.hpp>

#include <array>
#include <deque>

#include <sys/wait.h>
#include <unistd.h>

namespace shardbridge::tests {
namespace {

/// Of the descriptors that a program has which is run from here.
std::string numbers_in_a_child() {
  const auto child = fixtures::run_program({"ls", "/proc/self/fd"});
  EXPECT_EQ(child.exit_code, 0) << child.err;
  return child.out;
}

class a_fork : public testing::Test {
 protected:
  void start_everything() {
    waiting.async_read_some_at(0, asio::buffer(byte), read.handler());
    async_call(
        all.link, 0,
        [](shard& on) -> task<> {
          const auto listener = on.listen(asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), 0));
          static_cast<void>(co_await on.accept(listener));
        },
        asio::bind_cancellation_slot(no_more.slot(), [this](const std::exception_ptr&) { ++accepts_ended; }));
    ASSERT_TRUE(all.run_until([this] { return all.in_flight() == 2; }));
  }
  /// Some at the disk while the child is made, and some after.
  void write_some() {
    for (int each = 0; each < 50; ++each)
      file.async_write_some_at(0, asio::buffer(text), written.emplace_back().handler());
  }
  void expect_all_done() {
    pipe.write("x");
    no_more.emit(asio::cancellation_type::terminal);
    ASSERT_TRUE(all.finish());
    EXPECT_TRUE(read.succeeded() && read.value == 1) << read;
    for (const outcome& each : written)
      EXPECT_TRUE(each.succeeded()) << each;
    EXPECT_EQ(accepts_ended, 1);
    expect_balanced(all.link.stats());
  }

  const std::string before = numbers_in_a_child();
  fixtures::temporary_folder folder;
  fifo pipe;
  std::array<char, 1> byte{};
  const std::string text = std::string(100'000, 'x');
  outcome read;
  std::deque<outcome> written;
  int accepts_ended = 0;
  asio::cancellation_signal no_more;
  service all;
  random_access_file waiting{all.link, pipe.path(), open_flags::read_write};
  random_access_file file{all.link, folder.make_file("file", 0), open_flags::read_write};
};

TEST_F(a_fork, and_another_program_leave_it_no_descriptor) {
  start_everything();
  write_some();
  EXPECT_EQ(numbers_in_a_child(), before) << "what it has of this process it had before";
  write_some();
  expect_all_done();
}

TEST_F(a_fork, that_only_ends_takes_nothing_with_it) {
  start_everything();
  write_some();
  for (int each = 0; each < 3; ++each) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) ::_exit(7);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 7);
    write_some();
  }
  expect_all_done();
}

} // namespace
} // namespace shardbridge::tests
