// Goal: calls from Asio to shards begin, end, expire and are cancelled like every operation, and what they run on the
// shard ends with them. Method: one session after the other, on every shard several at once.
#include "nursery.hpp"
#include "sessions.hpp"

namespace shardbridge::soak {
namespace {

class shard_worker final : public worker {
 public:
  shard_worker(scene& in, std::uint32_t number, std::size_t where)
      : scene_(in), number_(number), where_(where), strand_(in.new_strand()) {}

  void start() override {
    run_steps(scene_, strand_, [this] { return step(); });
  }

 private:
  asio::awaitable<void> step() {
    const std::uint64_t which = steps_++;
    dice chance = scene_.roll(number_, which);
    op_options options;
    if (chance.one_in(12)) options.timeout = std::chrono::microseconds(chance.roll(8000));
    const bool broken = !scene_.around.broken.empty() && chance.one_in(4);
    const std::string file = (broken ? scene_.around.broken : scene_.around.folder) + "/" + scene_.to.name + "-shard-" +
                             std::to_string(number_) + "-" + std::to_string(which);
    const bool cancelled = chance.one_in(12);
    const std::chrono::microseconds after(chance.roll(4000));
    asio::cancellation_signal cancel;
    asio::steady_timer timer(strand_, after);
    nursery waits(strand_);
    if (cancelled) {
      waits.begin();
      timer.async_wait([&](const error_code& failed) {
        if (!failed) cancel.emit(asio::cancellation_type::terminal);
        waits.end();
      });
    }
    const auto session = [this, chance, &file](shard& self) { return run_session(self, scene_, chance, file); };
    const auto start = [&](auto handler) {
      async_call(scene_.wide, where_, session, options,
                 asio::bind_cancellation_slot(cancel.slot(), std::move(handler)));
    };
    co_await counted<std::exception_ptr>(scene_.to, kind::call, {.early = true}, start);
    timer.cancel();
    co_await waits.join();
  }

  scene& scene_;
  const std::uint32_t number_;
  const std::size_t where_;
  const asio::any_io_executor strand_;
  std::uint64_t steps_ = 0;
};

} // namespace

task<> run_session(shard& self, scene& in, dice chance, std::string file) {
  const std::uint64_t which = chance.roll(7);
  // Awaited behind the switch, for gcc 12.
  task<> work = [&]() -> task<> {
    switch (which) {
    case 0:
      return run_tasks(self, in, chance);
    case 1:
      return run_channel(self, in, chance);
    case 2:
      return run_calls(self, in, chance);
    case 3:
      return run_posts(self, in, chance);
    case 4:
      return run_file(self, in, chance, std::move(file));
    case 5:
      return run_stream(self, in, chance);
    default:
      return run_datagrams(self, in, chance);
    }
  }();
  co_await std::move(work);
}

void add_shard_workers(scene& in, workers& to) {
  std::uint32_t number = 500;
  for (std::size_t shard = 0; shard < in.group.size(); ++shard)
    for (int each = 0; each < 3; ++each)
      to.push_back(std::make_unique<shard_worker>(in, number++, shard));
}

} // namespace shardbridge::soak
