// Goal: whatever ends while operations run, every handler is called once, or destroyed once with its context. Method: a
// thread that makes bridges on the scene's group, groups of its own and contexts, fills them with work, and stops and
// destroys them in any order.
#include "../decisions/audit.hpp"
#include "scene.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <fcntl.h>
#include <optional>
#include <stdexcept>
#include <thread>

#include <unistd.h>

namespace shardbridge::soak {
namespace {

constexpr expectation anything{.early = true, .refusals = true, .stops = true};

/// Handlers that have not gone yet, be it by a call or not.
using company = std::shared_ptr<int>;

class life_worker final : public worker {
 public:
  life_worker(scene& in, std::uint32_t number)
      : scene_(in), number_(number), path_(in.around.folder + "/" + in.to.name + "-lives") {
    const int made = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (made < 0 || ::ftruncate(made, file_bytes) != 0) throw std::runtime_error("cannot make " + path_);
    ::close(made);
  }

  void start() override {
    scene_.around.pause.enter();
    thread_ = std::jthread([this] {
      while (scene_.around.pause.pass_now()) {
        dice chance = scene_.roll(number_, steps_++);
        try {
          if (chance.one_in(4))
            live_group(chance);
          else
            live_bridge(chance);
        } catch (const std::exception& failure) {
          scene_.to.tell(std::string("a life could not begin: ") + failure.what());
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(chance.roll(10)));
      }
      scene_.around.pause.leave();
    });
  }

 private:
  static constexpr off_t file_bytes = 1 << 20;

  /// One operation of any kind, counted; it keeps `with` until its handler has gone.
  void begin(dice& chance, bridge& link, random_access_file& file, const company& with, std::size_t shards) {
    op_options options;
    if (chance.one_in(3)) options.timeout = std::chrono::microseconds(chance.roll(2000));
    const std::size_t where = chance.roll(shards);
    const std::uint64_t offset = chance.roll(64) * 8192;
    const auto memory = std::make_shared<std::array<char, 8192>>();
    const auto handler = [&] {
      const auto keep = [with, memory](auto&&...) {};
      return counted_handler<std::decay_t<decltype(keep)>>(scene_.to, kind::doomed, anything, keep);
    };
    switch (chance.roll(6)) {
    case 0:
      return async_nop(link, where, options, handler());
    case 1:
      return file.async_read_some_at(offset, asio::buffer(*memory), options, handler());
    case 2:
      return file.async_write_some_at(offset, asio::buffer(*memory), options, handler());
    case 3:
      return file.async_sync_data(options, handler());
    case 4:
      return async_stat(link, path_, options, handler());
    default:
      return async_call(
          link, where, [](shard& self) { return linger(self); }, options, handler());
    }
  }
  static task<> linger(shard& self) {
    co_await self.nop();
    co_await self.sleep_for(1ms);
    co_await self.yield();
  }

  [[nodiscard]] static bridge_options draw_bridge(dice& chance) {
    return {.max_ops = 1 + chance.roll(20),
            .max_waiters = chance.roll(40),
            .when_full = chance.one_in(3) ? when_full::refuse : when_full::wait,
            .cached_reads = chance.one_in(3)};
  }
  /// Until every handler has gone.
  static void await_all(const company& all) {
    while (all.use_count() > 1)
      std::this_thread::sleep_for(1ms);
  }

  /// On the group of the scene, which goes on.
  void live_bridge(dice& chance) {
    ticket life(scene_.to.book, kind::bridge_life);
    const company all = std::make_shared<int>();
    auto link = std::make_unique<bridge>(scene_.around.pool, scene_.group, draw_bridge(chance));
    std::optional<random_access_file> file;
    file.emplace(*link, path_, open_flags::read_write);
    for (std::uint64_t left = chance.roll(40); left > 0; --left)
      begin(chance, *link, *file, all, scene_.group.size());
    if (chance.one_in(2)) std::this_thread::sleep_for(std::chrono::microseconds(chance.roll(500)));
    if (chance.one_in(2)) link->stop();
    const bool first = chance.one_in(2);
    if (first) file.reset();
    if (chance.one_in(2)) {
      link.reset();
    } else {
      await_all(all);
      tell(fault_in("that ends", link->stats()));
    }
    file.reset();
    await_all(all);
    life.end(outcome::ok);
  }

  /// A group of its own, on the pool or on a context that ends too.
  void live_group(dice& chance) {
    ticket life(scene_.to.book, kind::group_life);
    const company all = std::make_shared<int>();
    auto own = chance.one_in(2) ? std::make_unique<asio::io_context>() : nullptr;
    const auto executor =
        own ? asio::any_io_executor(own->get_executor()) : asio::any_io_executor(scene_.around.pool.get_executor());
    const std::size_t shards = 1 + chance.roll(2);
    auto group = std::make_unique<shard_group>(
        shard_group_options{.shards = shards,
                            .ring_entries = static_cast<unsigned>(4 + chance.roll(30)),
                            .pin = false,
                            .backend = scene_.group.backend_in_use(),
                            .timeout_mode = chance.one_in(2) ? timeout_mode::linked : timeout_mode::timer,
                            .io_workers = 4});
    auto link = std::make_unique<bridge>(executor, *group, draw_bridge(chance));
    std::optional<random_access_file> file;
    file.emplace(*link, path_, open_flags::read_write);
    for (std::uint64_t left = chance.roll(60); left > 0; --left)
      begin(chance, *link, *file, all, shards);
    if (own && chance.one_in(2)) own->run_for(std::chrono::microseconds(chance.roll(2000)));
    if (chance.one_in(2)) std::this_thread::sleep_for(std::chrono::microseconds(chance.roll(1000)));
    if (chance.one_in(2)) group->stop();
    if (chance.one_in(3)) {
      group->stop();
      group->join();
      tell(fault_in(group->stats()));
    }
    std::array order{0, 1, 2, 3};
    for (std::size_t left = order.size(); left > 1; --left)
      std::swap(order[left - 1], order[chance.roll(left)]);
    for (const int each : order) {
      if (each == 0) file.reset();
      if (each == 1) link.reset();
      if (each == 2) group.reset();
      if (each == 3) own.reset();
    }
    await_all(all);
    life.end(outcome::ok);
  }

  void tell(const std::vector<std::string>& all) {
    for (const std::string& each : all)
      scene_.to.tell(each);
  }

  scene& scene_;
  const std::uint32_t number_;
  const std::string path_;
  std::uint64_t steps_ = 0;
  std::jthread thread_;
};

} // namespace

void add_life_workers(scene& in, workers& to) {
  to.push_back(std::make_unique<life_worker>(in, 400));
}

} // namespace shardbridge::soak
