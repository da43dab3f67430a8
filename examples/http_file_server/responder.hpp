#pragma once

#include "clients.hpp"
#include "disk.hpp"
#include "net.hpp"
#include "request.hpp"
#include "response_plan.hpp"
#include "worker.hpp"

#include <cstdint>
#include <string>

namespace http_file_server {

/// Sends the responses of a connection one after the other, and tells the numbers and the log of them.
class responder {
 public:
  responder(worker& on, client& to) noexcept : worker_(on), client_(to) {}

  /// Whether all of it was sent. Becomes another response if `file`, which it may be of, cannot be read.
  [[nodiscard]] awaitable<bool> send(response_plan& what, disk_file& file, unsigned version);
  /// Behind send(). `asked`: null where it was not understood.
  void log(unsigned status, const request* asked) const;

 private:
  [[nodiscard]] awaitable<bool> send_file(response_plan& what, disk_file& file, unsigned version);
  [[nodiscard]] awaitable<bool> send_text(const response_plan& what, unsigned version);
  std::string count_and_tell(const response_plan& what, unsigned version);
  [[nodiscard]] const options& limits() const noexcept { return worker_.shared.options; }

  worker& worker_;
  client& client_;
  std::uint64_t sent_ = 0; ///< of the present response's content
};

} // namespace http_file_server
