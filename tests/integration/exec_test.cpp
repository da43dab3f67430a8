// Goal: whichever way a process in mid-flight starts another program, that has no descriptor of the library, and
// nothing that is outstanding notices; and a process that becomes another program in mid-flight does so at once, and
// leaves it none either. Method: programs that list their descriptors, started by vfork(2), posix_spawn(3) and a shell
// while reads wait, connections are awaited and a disk is written to; and this program once more, which then execs.
#include "support/connected.hpp"

#include <child_program.hpp>
#include <temporary_folder.hpp>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shardbridge::tests {
namespace {

/// A pipe by whose reading end a file object reads what is never written.
class silent_pipe {
 public:
  silent_pipe() {
    if (::pipe2(ends_.data(), O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe2");
  }
  ~silent_pipe() { ::close(ends_[1]); }
  silent_pipe(const silent_pipe&) = delete;
  silent_pipe& operator=(const silent_pipe&) = delete;

  /// Whoever takes it closes it.
  [[nodiscard]] int reading_end() const { return ends_[0]; }

 private:
  std::array<int, 2> ends_{};
};

/// Operations of every kind in the kernel, and a disk that is written to.
class in_mid_flight {
 public:
  explicit in_mid_flight(const std::string& path)
      : file_(all_.link, path, open_flags::read_write | open_flags::create) {
    waiting_.async_read_some_at(0, asio::buffer(byte_), read_.handler());
    waiting_.async_read_some_at(0, pool_.allocate(100), {.timeout = 60s},
                                [this](const error_code&, std::size_t, const owned_buffer&) { ++lent_ended_; });
    async_call(
        all_.link, 1,
        [](shard& on) -> task<> {
          const auto listener = on.listen(any_port());
          const shard_datagram_socket datagrams = on.bind(asio::ip::udp::endpoint(any_port().address(), 0));
          auto receiving = on.spawn([](shard& where, const shard_datagram_socket& from) -> task<> {
            static_cast<void>(co_await where.recv_from(from));
          }(on, datagrams));
          static_cast<void>(co_await on.accept(listener));
        },
        asio::bind_cancellation_slot(no_more_.slot(), [this](const std::exception_ptr&) { ++call_ended_; }));
    EXPECT_TRUE(all_.run_until([this] { return all_.in_flight() == 4; }));
  }
  void write_some() {
    for (int each = 0; each < 50; ++each)
      file_.async_write_some_at(0, asio::buffer(text_), written_.emplace_back().handler());
  }
  void expect_undisturbed() {
    EXPECT_EQ(read_.calls + lent_ended_ + call_ended_, 0);
    waiting_.cancel();
    no_more_.emit(asio::cancellation_type::terminal);
    ASSERT_TRUE(all_.finish());
    EXPECT_TRUE(read_.failed_with(asio::error::operation_aborted)) << read_;
    EXPECT_EQ(lent_ended_, 1);
    EXPECT_EQ(call_ended_, 1);
    for (const outcome& each : written_)
      EXPECT_TRUE(each.succeeded() && each.value == text_.size()) << each;
    expect_balanced(all_.link.stats());
  }

 private:
  silent_pipe pipe_;
  buffer_pool pool_{{.bytes = 1 << 20}};
  std::array<char, 1> byte_{};
  const std::string text_ = std::string(100'000, 'x');
  outcome read_;
  std::deque<outcome> written_;
  int lent_ended_ = 0, call_ended_ = 0;
  asio::cancellation_signal no_more_;
  service all_{{.shards = 2, .registered_pools = {&pool_}}};
  random_access_file waiting_{all_.link, pipe_.reading_end()};
  random_access_file file_;
};

/// The numbers of the descriptors of a program that is started in that way, with its output in the file.
using way_to_start = int (*)(const std::string& output);

const std::array<const char*, 4> list{"/bin/ls", "-1", "/proc/self/fd", nullptr};
char* const* words() {
  return const_cast<char* const*>(list.data());
}

int status_of(pid_t child) {
  int status = -1;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return status;
}

int by_vfork(const std::string& output) {
  const char* const path = output.c_str();
  const pid_t child = ::vfork();
  if (child == 0) {
    if (::dup2(::open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600), STDOUT_FILENO) >= 0) ::execv(list[0], words());
    ::_exit(1);
  }
  return status_of(child);
}

int by_posix_spawn(const std::string& output) {
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output.c_str(), O_WRONLY | O_CREAT, 0600);
  pid_t child = -1;
  EXPECT_EQ(::posix_spawn(&child, list[0], &actions, nullptr, words(), environ), 0);
  ::posix_spawn_file_actions_destroy(&actions);
  return status_of(child);
}

int by_a_shell(const std::string& output) {
  return std::system(("exec ls -1 /proc/self/fd >" + output).c_str());
}

struct named_way {
  const char* name;
  way_to_start start;
};

class a_program_started_in_mid_flight : public testing::TestWithParam<named_way> {
 protected:
  std::string numbers(const std::string& name) {
    const std::string output = folder.path() / name;
    EXPECT_EQ(GetParam().start(output), 0);
    std::ostringstream text;
    text << std::ifstream(output).rdbuf();
    EXPECT_FALSE(text.str().empty());
    return text.str();
  }

  const fixtures::temporary_folder folder;
};

TEST_P(a_program_started_in_mid_flight, has_no_descriptor_of_the_library) {
  const std::string before = numbers("before");
  in_mid_flight all(folder.path() / "file");
  all.write_some();
  EXPECT_EQ(numbers("meanwhile"), before);
  all.write_some();
  EXPECT_EQ(numbers("again"), before);
  all.expect_undisturbed();
}

std::string name_of(const testing::TestParamInfo<named_way>& tested) {
  return tested.param.name;
}

INSTANTIATE_TEST_SUITE_P(by, a_program_started_in_mid_flight,
                         testing::Values(named_way{"vfork", &by_vfork}, named_way{"posix_spawn", &by_posix_spawn},
                                         named_way{"a_shell", &by_a_shell}),
                         name_of);

constexpr const char* file_of_another = "SHARDBRIDGE_EXEC_TEST_FILE";

/// In a process of its own, which it does not outlive.
void become_another_program(const char* path) {
  in_mid_flight all(path);
  all.write_some();
  std::printf("\nfrom here on\n");
  std::fflush(stdout);
  ::execv(list[0], words());
  FAIL() << "execv";
}

TEST(a_process, becomes_another_program_in_mid_flight) {
  if (const char* const path = std::getenv(file_of_another); path != nullptr) return become_another_program(path);
  const fixtures::temporary_folder folder;
  const auto before = fixtures::run_program({list[0], list[1], list[2]});
  const std::string file = folder.path() / "file";
  for (int round = 0; round < 5; ++round) {
    const auto after = fixtures::run_program(
        // Of the one test there is no other part.
        {"/usr/bin/env", "--unset=GTEST_TOTAL_SHARDS", "--unset=GTEST_SHARD_INDEX",
         std::string(file_of_another) + "=" + file, std::filesystem::read_symlink("/proc/self/exe"),
         "--gtest_filter=a_process.becomes_another_program_in_mid_flight"});
    EXPECT_EQ(after.exit_code, 0) << after.out << after.err;
    const std::string_view told = after.out;
    const std::string_view mark = "\nfrom here on\n";
    const auto at = told.find(mark);
    ASSERT_NE(at, std::string_view::npos) << told << after.err;
    EXPECT_EQ(told.substr(at + mark.size()), before.out);
  }
}

} // namespace
} // namespace shardbridge::tests
