// Reads the requests of a connection, one after the other. All of Boost.Beast is behind it.
#pragma once

#include "clients.hpp"
#include "net.hpp"
#include "options.hpp"
#include "request.hpp"

#include <cstddef>
#include <memory>

namespace http_file_server {

enum class input {
  request,
  ended,     ///< nobody waits for an answer
  malformed, ///< 400
  too_large, ///< 431
};

class request_reader {
 public:
  /// Reads ahead at most as much as one request's header may have: what a client sends beyond stays in its socket.
  request_reader(client& from, const options& limits);
  ~request_reader();

  /// `stopping`: no more requests are waited for, but for the rest of one that has begun.
  [[nodiscard]] awaitable<input> next(const bool& stopping);

  [[nodiscard]] const request& current() const noexcept { return current_; }
  /// How many requests in a row were here before the response to the one before them was sent.
  [[nodiscard]] std::size_t pipelined() const noexcept { return pipelined_; }

 private:
  struct parts;
  void look_at_head();

  client& client_;
  const options& limits_;
  std::unique_ptr<parts> parts_;
  request current_;
  std::size_t pipelined_ = 0;
};

} // namespace http_file_server
