#pragma once

#include <shardbridge/bridge.hpp>
#include <shardbridge/detail/collector_core.hpp>
#include <shardbridge/detail/context_watch.hpp>
#include <shardbridge/shard_group.hpp>

#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/query.hpp>

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace shardbridge {

/// Tells Prometheus the `bridge_stats` and `shard_stats` of the bridges and groups that it was given, read anew at each
/// scrape. Not part of the library proper: the CMake component `prometheus`, target `shardbridge::prometheus`, built on
/// prometheus-cpp. docs/metrics.md lists the metrics.
///
/// It owns neither bridges nor groups. They are told of for as long as they exist: a bridge as long as it or anything
/// made on it is there, but not after its execution context; a group as long as it or a bridge on it is there. What is
/// gone is left out of the next scrape, so collector, exposer, bridges, groups and contexts may be destroyed in any
/// order. A bridge that goes during a scrape may be taken apart, with its observer, on the thread that scrapes; the
/// destructor of its execution context waits for that.
///
/// Thread-safety: distinct objects safe; a shared one safe for everything but destruction. Collect() may run on any
/// thread, and never waits for a shard or for the execution context.
class prometheus_collector final : public ::prometheus::Collectable {
 public:
  /// Tells of nothing.
  prometheus_collector() = default;

  /// Tells of `from` with the label `bridge="name"`. Names are UTF-8.
  /// Throws `std::invalid_argument` for an empty name and for one that another bridge has that still exists.
  template <class Executor>
  void add(std::string name, basic_bridge<Executor>& from) {
    auto numbers = std::make_shared<detail::bridge_numbers>(std::move(name), from.impl());
    auto watched = std::make_shared<context_end>(numbers);
    auto& context = boost::asio::query(from.get_executor(), boost::asio::execution::context);
    boost::asio::use_service<detail::context_watch>(context).add(watched);
    // Last: no scrape may come across a bridge that does not hear of the end of its context.
    core_.add(std::move(numbers), std::move(watched));
  }

  /// Tells of every shard of `from` with the labels `group="name"` and `shard="0"` and so on. As above.
  void add(std::string name, const shard_group& from) { core_.add(std::move(name), from.core()); }

  /// The numbers of this moment; those of one bridge or group are as consistent as its stats(). For prometheus-cpp.
  /// Throws `std::bad_alloc`.
  [[nodiscard]] std::vector<::prometheus::MetricFamily> Collect() const override { return core_.collect(); }

 private:
  struct context_end final : detail::context_watch::watched {
    explicit context_end(std::shared_ptr<detail::bridge_numbers> of) : numbers(std::move(of)) {}
    void context_ends() noexcept override { numbers->forget(); }
    const std::shared_ptr<detail::bridge_numbers> numbers;
  };

  detail::collector_core core_;
};

} // namespace shardbridge
