// Goal: the soak finds what it is there to find. Method: one of the things that it looks for is done on purpose.
#include "scene.hpp"

#include <array>
#include <cstring>
#include <fcntl.h>
#include <thread>

#include <unistd.h>

namespace shardbridge::soak {
namespace {

class harm_worker final : public worker {
 public:
  explicit harm_worker(scene& in) : scene_(in), strand_(in.new_strand()) {}

  void start() override {
    run_steps(scene_, strand_, [this] { return step(); });
  }

 private:
  asio::awaitable<void> step() {
    asio::steady_timer wait(strand_, 20ms);
    co_await wait.async_wait(asio::use_awaitable);
    if (++steps_ < 10) co_return;
    switch (scene_.around.planted) {
    case harm::lost_completion:
      if (steps_ == 10) ticket(scene_.to.book, kind::nop).lose();
      break;
    case harm::wrong_data:
      spoil();
      break;
    case harm::leaked_descriptor:
      static_cast<void>(::open("/dev/null", O_RDONLY | O_CLOEXEC));
      break;
    case harm::leaked_memory: {
      constexpr std::size_t bytes = 1 << 20;
      char* const lost = new char[bytes];
      std::memset(lost, 1, bytes);
      asm volatile("" : : "r"(lost) : "memory"); // or the compiler does without
      break;
    }
    case harm::hang:
    case harm::none:
      break;
    }
    if (scene_.around.planted == harm::hang) co_await hang();
  }

  /// A read of a pipe to which nobody writes.
  asio::awaitable<void> hang() {
    std::array<int, 2> ends{-1, -1};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) co_return;
    random_access_file silent(scene_.wide, ends[0]);
    char byte = 0;
    const auto start = [&](auto handler) { silent.async_read_some_at(0, asio::buffer(&byte, 1), std::move(handler)); };
    co_await counted<error_code, std::size_t>(scene_.to, kind::read, {}, start);
  }

  /// A byte of a block of the first file, whose book does not know.
  void spoil() {
    const int file = ::open((scene_.around.folder + "/" + scene_.to.name + "-1").c_str(), O_WRONLY | O_CLOEXEC);
    const std::uint64_t place = (steps_ % 24) * block_bytes + 100;
    const char wrong = '!';
    static_cast<void>(::pwrite(file, &wrong, 1, static_cast<off_t>(place)));
    ::close(file);
  }

  scene& scene_;
  const asio::any_io_executor strand_;
  std::uint64_t steps_ = 0;
};

} // namespace

void add_harm(scene& in, workers& to) {
  if (in.around.planted != harm::none) to.push_back(std::make_unique<harm_worker>(in));
}

} // namespace shardbridge::soak
