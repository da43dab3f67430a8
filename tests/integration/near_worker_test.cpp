// Goal: of the threads that work for a pinned shard on the thread pool one is near, on the shard's CPU, and does the
// work while there is one operation at a time; the others run wherever the process may. Method: opens of a FIFO, each
// of which holds a thread until the other end is open; the CPUs and the sleeps of threads as the kernel shows them.
#include "support/answer.hpp"

#include <temporary_folder.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>

#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

namespace shardbridge::tests {
namespace {

std::vector<int> cpus_of(pid_t thread) {
  cpu_set_t set;
  CPU_ZERO(&set);
  EXPECT_EQ(::sched_getaffinity(thread, sizeof set, &set), 0);
  std::vector<int> out;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu)
    if (CPU_ISSET(static_cast<unsigned>(cpu), &set)) out.push_back(cpu);
  return out;
}

std::filesystem::path folder_of(pid_t thread) {
  return std::filesystem::path("/proc/self/task") / std::to_string(thread);
}

/// In the order of their start.
std::vector<pid_t> workers() {
  std::vector<pid_t> out;
  for (const auto& each : std::filesystem::directory_iterator("/proc/self/task")) {
    std::string name;
    std::getline(std::ifstream(each.path() / "comm"), name);
    if (name == "shard-0-io") out.push_back(std::stoi(each.path().filename()));
  }
  std::ranges::sort(out);
  return out;
}

bool sleeps(pid_t thread) {
  std::string line;
  std::getline(std::ifstream(folder_of(thread) / "stat"), line);
  return line.at(line.rfind(')') + 2) == 'S';
}

std::uint64_t sleeps_of(pid_t thread) {
  std::ifstream status(folder_of(thread) / "status");
  for (std::string word; status >> word;)
    if (std::uint64_t count = 0; word == "voluntary_ctxt_switches:" && status >> count) return count;
  return 0;
}

class near_worker : public testing::Test {
 protected:
  static constexpr unsigned most = 3;

  /// Until as many work at once as there can be; the shard's CPU.
  int start_all() {
    const std::string path = folder_.path() / "fifo";
    EXPECT_EQ(::mkfifo(path.c_str(), 0600), 0);
    unsigned opened = 0;
    for (unsigned each = 0; each < most; ++each)
      async_open(all_.link, path, open_flags::read_only, [&](error_code failed, const random_access_file&) {
        EXPECT_FALSE(failed) << failed.message();
        ++opened;
      });
    EXPECT_TRUE(all_.run_until([] { return workers().size() == most; }));
    const int other_end = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    EXPECT_TRUE(all_.finish());
    ::close(other_end);
    EXPECT_EQ(opened, most);
    answer<int> cpu;
    async_call(
        all_.link, 0, [](shard&) { return ::sched_getcpu(); }, cpu.handler());
    EXPECT_TRUE(all_.finish());
    return cpu.value;
  }

  fixtures::temporary_folder folder_;
  service all_{{.backend = backend::thread_pool, .io_workers = most}};
};

TEST_F(near_worker, stays_on_the_cpu_of_its_shard) {
  const std::vector<int> everywhere = cpus_of(0);
  const std::vector<int> of_shard = {start_all()};
  const std::vector<pid_t> all = workers();
  ASSERT_EQ(all.size(), most);
  EXPECT_EQ(cpus_of(all[0]), of_shard);
  EXPECT_EQ(cpus_of(all[1]), everywhere);
  EXPECT_EQ(cpus_of(all[2]), everywhere);
}

TEST_F(near_worker, does_the_work_while_there_is_one_operation_at_a_time) {
  start_all();
  const std::vector<pid_t> all = workers();
  ASSERT_EQ(all.size(), most);
  std::map<pid_t, std::uint64_t> before;
  for (const pid_t each : all)
    before[each] = sleeps_of(each);
  random_access_file file(all_.link, folder_.make_file("file", 4096), open_flags::read_write);
  constexpr std::uint64_t operations = 50;
  for (std::uint64_t each = 0; each < operations; ++each) {
    ASSERT_TRUE(all_.run_until([&] { return std::ranges::all_of(all, sleeps); }));
    EXPECT_TRUE(all_.complete([&](auto h) { file.async_sync_all(h); }).succeeded());
  }
  ASSERT_TRUE(all_.run_until([&] { return std::ranges::all_of(all, sleeps); }));
  EXPECT_GE(sleeps_of(all[0]) - before[all[0]], operations / 2);
  EXPECT_LT(sleeps_of(all[1]) - before[all[1]], operations / 2);
  EXPECT_LT(sleeps_of(all[2]) - before[all[2]], operations / 2);
}

} // namespace
} // namespace shardbridge::tests
