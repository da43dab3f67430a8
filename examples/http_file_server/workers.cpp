#include "workers.hpp"

#include "metrics_page.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <numeric>
#include <thread>

namespace http_file_server {
namespace {

std::size_t load(const std::unique_ptr<worker>& of) noexcept {
  return of->connections.load(std::memory_order_relaxed);
}

} // namespace

workers::workers(const shared_parts& shared, metrics_page& metrics) {
  for (std::size_t i = 0; i != shared.options.threads; ++i) {
    all_.push_back(std::make_unique<worker>(shared));
    metrics.add(*all_.back());
  }
}

std::size_t workers::connections() const noexcept {
  return std::transform_reduce(all_.begin(), all_.end(), std::size_t{0}, std::plus<>(), load);
}

worker& workers::least_busy() noexcept {
  return **std::ranges::min_element(all_, {}, load);
}

void workers::run() {
  std::vector<std::jthread> others;
  for (std::size_t i = 1; i != all_.size(); ++i)
    others.emplace_back([one = all_[i].get()] { one->context.run(); });
  first().run();
}

void workers::stop(const std::function<void()>& drained) {
  for (const auto& each : all_)
    each->stop([this, drained] { asio::post(first(), drained); });
}

void workers::hang_up() {
  for (const auto& each : all_)
    each->hang_up();
}

} // namespace http_file_server
