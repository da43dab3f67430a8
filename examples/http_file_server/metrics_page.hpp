// The numbers of the server and of the library, for Prometheus.
//
// Threads: add() before any text().
#pragma once

#include <memory>
#include <string>

namespace http_file_server {

class worker;
class access_log;
struct disk_threads;

class metrics_page {
 public:
  metrics_page();
  ~metrics_page();

  /// What is added must outlive the page.
  void add(worker& one);
  void add(const access_log& log);
  void add(const disk_threads& threads);

  /// In the text format of Prometheus.
  [[nodiscard]] std::string text() const;
  static constexpr const char* content_type = "text/plain; version=0.0.4; charset=utf-8";

 private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

} // namespace http_file_server
