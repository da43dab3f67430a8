// Goal: what is read is what was written, whatever ends operations early. Method: a file of stripes, each worked on by
// a coroutine of its own with one operation at a time, while the file's operations are cancelled now and then; the file
// is closed and opened again and again, and read as a whole in between. A book knows what every block may hold.
#include "nursery.hpp"
#include "verified_file.hpp"

#include <array>

namespace shardbridge::soak {
namespace {

constexpr std::uint32_t stripes = 4;
constexpr std::uint32_t blocks_of_stripe = 6;
constexpr std::uint64_t steps_of_life = 40;

class file_worker final : public worker {
 public:
  file_worker(scene& in, std::uint32_t number, const std::string& path, bridge& link, const expectation& allowed)
      : scene_(in), number_(number), strand_(in.new_strand()),
        file_(in, number, path, link, allowed, stripes * blocks_of_stripe) {}

  void start() override {
    run_steps(scene_, strand_, [this] { return life(); });
  }
  void rest() override { file_.reopen_book(); }

 private:
  /// One stripe of the file, and the operation that works on it.
  struct stripe {
    std::uint64_t steps = 0;
    std::array<std::byte, std::size_t{blocks_of_stripe} * block_bytes> bytes{};
    std::stop_source stop;
    asio::cancellation_signal signal;
  };

  asio::awaitable<void> life() {
    const std::uint64_t which = lives_++;
    const bool opened = co_await file_.open();
    if (!opened) {
      asio::steady_timer wait(strand_, 2ms); // others need the room
      co_await wait.async_wait(asio::use_awaitable);
      co_return;
    }
    nursery all(strand_);
    for (stripe& each : stripes_)
      all.spawn(work_on(each));
    all.spawn(disturb(all, which));
    co_await all.join();
    co_await copy(which);
    co_await read_all();
    co_await file_.close();
  }

  /// Ends operations of the stripes early, in three ways.
  asio::awaitable<void> disturb(nursery& all, std::uint64_t which) {
    dice chance = scene_.roll(worker_id() + 5, which);
    asio::steady_timer wait(strand_);
    while (all.running() > 1) {
      wait.expires_after(std::chrono::microseconds(chance.roll(3000)));
      co_await wait.async_wait(asio::use_awaitable);
      stripe& one = stripes_[chance.roll(stripes)];
      const std::uint64_t how = chance.roll(16);
      if (how == 0) file_.cancel();
      if (how < 8) one.stop.request_stop();
      if (how >= 8)
        one.signal.emit(chance.one_in(3) ? asio::cancellation_type::total : asio::cancellation_type::terminal);
    }
  }

  asio::awaitable<void> work_on(stripe& which) {
    for (std::uint64_t left = steps_of_life; left > 0 && !scene_.around.pause.ended(); --left) {
      step next = draw(which);
      co_await file_.run(next);
    }
  }

  step draw(stripe& which) {
    const auto index = static_cast<std::uint32_t>(&which - stripes_.data());
    dice chance = scene_.roll(worker_id() + 1 + index, which.steps++);
    step out;
    out.plan = draw_file_step(chance, blocks_of_stripe);
    out.first = index * blocks_of_stripe + out.plan.first;
    out.bytes = std::span(which.bytes).first(out.plan.count * block_bytes);
    if (out.plan.high) out.options.priority = priority::high;
    if (chance.one_in(6)) out.options.placement = placement::in_turn;
    if (out.plan.early == ending::timeout) out.options.timeout = out.plan.timeout;
    if (out.plan.early == ending::stop_token) {
      which.stop = std::stop_source();
      out.options.stop_token = which.stop.get_token();
    }
    if (out.plan.early == ending::slot) out.slot = which.signal.slot();
    return out;
  }

  /// From one stripe to another.
  asio::awaitable<void> copy(std::uint64_t which) {
    dice chance = scene_.roll(worker_id() + 6, which);
    const auto from = static_cast<std::uint32_t>(chance.roll(stripes));
    const auto to = (from + 1 + static_cast<std::uint32_t>(chance.roll(stripes - 1))) % stripes;
    const auto count = 1 + static_cast<std::uint32_t>(chance.roll(blocks_of_stripe));
    op_options options;
    if (chance.one_in(4)) options.timeout = std::chrono::microseconds(chance.roll(5000));
    const std::uint32_t source = from * blocks_of_stripe, target = to * blocks_of_stripe;
    if (!file_.book().settled(source, count) || file_.book().closed(target, count)) co_return;
    co_await file_.copy(source, target, count, options);
  }

  asio::awaitable<void> read_all() {
    for (std::uint32_t each = 0; each < stripes; ++each) {
      step all;
      all.plan.count = blocks_of_stripe;
      all.first = each * blocks_of_stripe;
      all.bytes = stripes_[each].bytes;
      co_await file_.read(all);
    }
  }

  [[nodiscard]] std::uint64_t worker_id() const { return std::uint64_t{number_} * 16; }

  scene& scene_;
  const std::uint32_t number_;
  const asio::any_io_executor strand_;
  verified_file file_;
  std::array<stripe, stripes> stripes_;
  std::uint64_t lives_ = 0;
};

} // namespace

void add_file_workers(scene& in, workers& to) {
  std::uint32_t number = 1;
  const auto add = [&](const std::string& folder, bridge& link, const expectation& allowed) {
    const std::string path = folder + "/" + in.to.name + "-" + std::to_string(number);
    to.push_back(std::make_unique<file_worker>(in, number, path, link, allowed));
    ++number;
  };
  const expectation refused{.early = true, .refusals = true};
  add(in.around.folder, in.wide, {.early = true});
  add(in.around.folder, in.levels, {.early = true});
  add(in.around.folder, in.narrow, refused);
  if (in.around.broken.empty()) return;
  add(in.around.broken, in.wide, {.early = true, .faults = true});
  add(in.around.broken, in.wide, {.early = true, .faults = true});
  add(in.around.broken, in.narrow, {.early = true, .faults = true, .refusals = true});
}

} // namespace shardbridge::soak
