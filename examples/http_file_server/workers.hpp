#pragma once

#include "worker.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

namespace http_file_server {

/// The threads of the server. The first one is that which calls run(), and has the rest to do besides connections.
///
/// Threads: connections() and least_busy() any; the rest that of the first worker.
class workers {
 public:
  /// As many as the options say; each is added to `metrics`.
  workers(const shared_parts& shared, metrics_page& metrics);

  [[nodiscard]] asio::io_context& first() noexcept { return all_.front()->context; }
  [[nodiscard]] std::size_t size() const noexcept { return all_.size(); }
  [[nodiscard]] std::size_t connections() const noexcept;
  [[nodiscard]] worker& least_busy() noexcept;

  /// Returns when all have drained and nothing is left to do.
  void run();
  /// `drained` is called for each one, on the first one's thread.
  void stop(const std::function<void()>& drained);
  void hang_up();

 private:
  std::vector<std::unique_ptr<worker>> all_;
};

} // namespace http_file_server
