#include <shardbridge/detail/collector_core.hpp>

#include <asio_side/prometheus/metrics.hpp>
#include <bridge/group_core.hpp>

#include <algorithm>
#include <iterator>
#include <stdexcept>

namespace shardbridge::detail {
namespace {

/// Two series with the same labels would make Prometheus reject the whole scrape.
void require_free(bool taken, const std::string& name, const char* kind) {
  if (name.empty()) throw std::invalid_argument("prometheus_collector::add: the name is empty");
  if (taken)
    throw std::invalid_argument("prometheus_collector::add: another " + std::string(kind) + " is named \"" + name +
                                "\"");
}

} // namespace

void collector_core::add(std::shared_ptr<bridge_numbers> bridge, std::shared_ptr<void> watched) {
  const std::lock_guard lock(mutex_);
  std::erase_if(bridges_, [](const told_bridge& each) { return each.numbers->gone(); });
  const auto same = [&](const told_bridge& each) { return each.numbers->name() == bridge->name(); };
  require_free(std::ranges::any_of(bridges_, same), bridge->name(), "bridge");
  bridges_.push_back({std::move(bridge), std::move(watched)});
}

void collector_core::add(std::string name, std::weak_ptr<group_core> group) {
  const std::lock_guard lock(mutex_);
  std::erase_if(groups_, [](const told_group& each) { return each.group.expired(); });
  require_free(std::ranges::count(groups_, name, &told_group::name) > 0, name, "group");
  groups_.push_back({std::move(name), std::move(group)});
}

std::vector<::prometheus::MetricFamily> collector_core::collect() const {
  std::vector<named_bridge> bridges;
  std::vector<named_group> groups;
  {
    const std::lock_guard lock(mutex_);
    for (const told_bridge& each : bridges_)
      if (auto stats = each.numbers->read()) bridges.push_back({each.numbers->name(), *std::move(stats)});
    for (const told_group& each : groups_)
      if (const auto alive = each.group.lock()) groups.push_back({each.name, alive->stats()});
  }
  auto all = metrics_of(bridges);
  std::ranges::move(metrics_of(groups), std::back_inserter(all));
  return all;
}

} // namespace shardbridge::detail
