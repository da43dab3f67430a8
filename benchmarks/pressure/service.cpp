#include "service.hpp"

#include <boost/asio/post.hpp>

#include <thread>

namespace shardbridge::bench {

pressure_service::pressure_service(const pressure_setting& what, const std::string& path, std::uint64_t size)
    : what_(what), blocks_(size / what.block), store_(what.block), turn_(mix(what.seed)), threads_(what.client_threads),
      engine_(make_engine(what, {threads_, path, *this, levels_})) {}

void pressure_service::close() {
  if (!engine_) return;
  stopped_.store(true, std::memory_order_relaxed);
  engine_->give_up();
  while (!quiet())
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  engine_.reset();
  threads_.join();
}

void pressure_service::start_closed_loop(unsigned outstanding) {
  stopped_.store(false, std::memory_order_relaxed);
  for (unsigned i = 0; i != outstanding; ++i)
    boost::asio::post(threads_, [this] { offer(phase::warm_up, clock::now()); });
}

void pressure_service::start_open_loop(phase in, clock::time_point begin, clock::time_point end, double per_second) {
  stopped_.store(false, std::memory_order_relaxed);
  producing_.start(what_.producers);
  for (unsigned i = 0; i != what_.producers; ++i) {
    const std::uint64_t seed = mix(mix(what_.seed + i) + static_cast<std::uint64_t>(in));
    producers_.emplace_back(
        threads_.get_executor(), arrivals(begin, end, per_second / what_.producers, seed),
        [this, in](clock::time_point intended) { offer(in, intended); }, stopped_, producing_);
  }
  for (auto& each : producers_)
    each.start();
}

void pressure_service::stop_load() {
  stopped_.store(true, std::memory_order_relaxed);
  if (producers_.empty()) return;
  producing_.wait();
  producers_.clear();
}

bool pressure_service::quiet() const {
  const operation_counts now = account_.counts();
  return now.ended >= now.offered;
}

void pressure_service::offer(phase in, clock::time_point intended) {
  operation& what = store_.take();
  what.in = in;
  what.offset = random_source(turn_.fetch_add(1, std::memory_order_relaxed)).below(blocks_) * what_.block;
  what.intended = intended;
  what.initiated = clock::now();
  account_.offered(what);
  engine_->initiate(what);
}

void pressure_service::end(operation& what, bool go_on) {
  const phase in = what.in;
  store_.give_back(what);
  if (go_on && in == phase::warm_up && !stopped_.load(std::memory_order_relaxed)) offer(in, clock::now());
}

void pressure_service::completed(operation& what) {
  account_.completed(what, clock::now());
  end(what, true);
}

void pressure_service::refused(operation& what) {
  account_.refused(what);
  end(what, true);
}

void pressure_service::abandoned(operation& what) {
  account_.abandoned(what);
  end(what, false);
}

void pressure_service::failed(operation& what, const std::string& why) {
  account_.failed(what, why);
  end(what, true);
}

} // namespace shardbridge::bench
