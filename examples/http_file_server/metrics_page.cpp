#include "metrics_page.hpp"

#include "access_log.hpp"
#include "worker.hpp"

#include <shardbridge/prometheus.hpp>

#include <prometheus/text_serializer.h>

#include <vector>

namespace http_file_server {
namespace {

using ::prometheus::MetricFamily;
using ::prometheus::MetricType;

MetricFamily family(const char* name, const char* help, MetricType type) {
  MetricFamily out;
  out.name = name;
  out.help = help;
  out.type = type;
  return out;
}

void add_row(MetricFamily& to, std::uint64_t value, std::vector<::prometheus::ClientMetric::Label> labels = {}) {
  ::prometheus::ClientMetric row;
  row.label = std::move(labels);
  if (to.type == MetricType::Counter)
    row.counter.value = static_cast<double>(value);
  else
    row.gauge.value = static_cast<double>(value);
  to.metric.push_back(std::move(row));
}

} // namespace

struct metrics_page::parts {
  shardbridge::prometheus_collector library;
  std::vector<const worker*> workers;
  const access_log* log = nullptr;

  [[nodiscard]] MetricFamily total(const char* name, const char* help, tally counters::*which) const {
    MetricFamily out = family(name, help, MetricType::Counter);
    std::uint64_t sum = 0;
    for (const worker* each : workers)
      sum += (each->counters.*which).get();
    add_row(out, sum);
    return out;
  }

  [[nodiscard]] MetricFamily responses() const {
    MetricFamily out = family("http_file_server_responses_total",
                              "Responses that were begun, by status, but for those of /metrics.", MetricType::Counter);
    for (std::size_t i = 0; i != statuses.size(); ++i) {
      std::uint64_t sum = 0;
      for (const worker* each : workers)
        sum += each->counters.responses[i].get();
      add_row(out, sum, {{"status", std::to_string(statuses[i])}});
    }
    return out;
  }

  [[nodiscard]] MetricFamily connections() const {
    MetricFamily out = family("http_file_server_connections", "Connections that are open.", MetricType::Gauge);
    std::uint64_t sum = 0;
    for (const worker* each : workers)
      sum += each->connections.load(std::memory_order_relaxed);
    add_row(out, sum);
    return out;
  }

  [[nodiscard]] MetricFamily log_dropped() const {
    MetricFamily out =
        family("http_file_server_access_log_dropped_total",
               "Lines of the access log that found no room or could not be written.", MetricType::Counter);
    add_row(out, log != nullptr ? log->dropped() : 0);
    return out;
  }
};

metrics_page::metrics_page() : parts_(std::make_unique<parts>()) {}
metrics_page::~metrics_page() = default;

void metrics_page::add(worker& one) {
  const std::string number = std::to_string(parts_->workers.size());
  parts_->workers.push_back(&one);
  if (one.disk.reading() != nullptr) parts_->library.add("read-" + number, *one.disk.reading());
  if (one.disk.opening() != nullptr) parts_->library.add("open-" + number, *one.disk.opening());
}

void metrics_page::add(const access_log& log) {
  parts_->log = &log;
}

void metrics_page::add(const disk_threads& threads) {
  if (threads.readers) parts_->library.add("read", *threads.readers);
  if (threads.openers) parts_->library.add("open", *threads.openers);
}

std::string metrics_page::text() const {
  std::vector<MetricFamily> all = parts_->library.Collect();
  all.push_back(parts_->responses());
  all.push_back(parts_->total("http_file_server_sent_bytes_total", "Bytes of files that were sent.", &counters::bytes));
  all.push_back(parts_->total("http_file_server_cut_short_total",
                              "Responses that were begun and could not be finished.", &counters::cut_short));
  all.push_back(parts_->total("http_file_server_timed_out_total", "Connections whose client was too slow.",
                              &counters::timed_out));
  all.push_back(parts_->connections());
  all.push_back(
      parts_->total("http_file_server_connections_total", "Connections that were accepted.", &counters::accepted));
  all.push_back(parts_->total("http_file_server_held_back_total",
                              "Requests sent ahead that waited until the disk was no longer throttled.",
                              &counters::held_back));
  all.push_back(parts_->log_dropped());
  return ::prometheus::TextSerializer().Serialize(all);
}

} // namespace http_file_server
