// Goal: bridges that are full wait, refuse, change their level, and come back to normal. Method: bursts of more
// operations than there is room for, with handlers that are slow now and then, and waits for levels meanwhile.
#include "nursery.hpp"
#include "scene.hpp"

#include <thread>

namespace shardbridge::soak {
namespace {

class pressure_worker final : public worker {
 public:
  pressure_worker(scene& in, std::uint32_t number, bridge& link, const expectation& allowed)
      : scene_(in), number_(number), link_(link), allowed_(allowed), strand_(in.new_strand()) {}

  void start() override {
    run_steps(scene_, strand_, [this] { return burst(); });
  }

 private:
  asio::awaitable<void> burst() {
    dice chance = scene_.roll(number_, steps_++);
    nursery all(strand_);
    const bool slow = chance.one_in(32);
    for (std::uint64_t left = 4 + chance.roll(40); left > 0; --left) {
      op_options options;
      if (chance.one_in(10)) options.timeout = std::chrono::microseconds(chance.roll(500));
      if (chance.one_in(3)) options.priority = priority::high;
      const auto ended = [&all, slow](const error_code&) {
        if (slow) std::this_thread::sleep_for(200us);
        all.end();
      };
      all.begin();
      const auto bound = asio::bind_executor(strand_, ended);
      async_nop(link_, chance.roll(scene_.group.size()), options,
                counted_handler<std::decay_t<decltype(bound)>>(scene_.to, kind::nop, allowed_, bound));
    }
    if (chance.one_in(2)) co_await wait_for(chance.one_in(2) ? pressure_level::normal : pressure_level::throttled);
    co_await all.join();
  }

  asio::awaitable<void> wait_for(pressure_level wanted) {
    const auto start = [&](auto handler) {
      link_.async_wait_level(wanted, op_options{.timeout = 50ms}, std::move(handler));
    };
    co_await counted<error_code>(scene_.to, kind::level, {.early = true}, start);
  }

  scene& scene_;
  const std::uint32_t number_;
  bridge& link_;
  const expectation allowed_;
  const asio::any_io_executor strand_;
  std::uint64_t steps_ = 0;
};

} // namespace

void add_pressure_workers(scene& in, workers& to) {
  to.push_back(std::make_unique<pressure_worker>(in, 300, in.levels, expectation{.early = true}));
  to.push_back(std::make_unique<pressure_worker>(in, 301, in.narrow, expectation{.early = true, .refusals = true}));
}

} // namespace shardbridge::soak
