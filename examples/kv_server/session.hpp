#pragma once

#include "config_reply.hpp"
#include "reply_queue.hpp"
#include "resp_reader.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kv_server {

struct session_limits {
  resp_limits resp{};
  std::size_t key_bytes = std::size_t{64} << 10;
  std::size_t value_bytes = std::size_t{16} << 20;
  std::size_t batch = 1024; ///< keys worked on together, but for those of one command
};

/// One client: what it has sent, what is to be done about it, and what it is owed. It knows neither sockets nor shards:
///
///     for (;;) switch (client.next()) {
///       case read:     send output(); read into room(); received()
///       case work:     give works() to the shards, answer(), send output(); again while not answered()
///       case info:     answer_info()
///       case shutdown: end the server
///       case end:      send output(), close
///     }
class session {
 public:
  enum class step { read, work, info, shutdown, end };

  /// Both outlive it.
  session(const session_limits& bounds, std::span<const setting> settings, std::size_t shards);

  /// What to do next. With `work` and `info`, that is done before the next call.
  [[nodiscard]] step next();

  /// Where more bytes of the client go.
  [[nodiscard]] std::span<char> room();
  void received(std::size_t bytes) noexcept { used_ += bytes; }

  [[nodiscard]] std::vector<key_work>& works() noexcept { return queue_.works(); }
  /// Adds to output() what the shards have done by now.
  void answer() { queue_.take_replies(output_); }
  /// Whether the work is done.
  [[nodiscard]] bool answered() const noexcept { return queue_.answered(); }

  /// The section that INFO is asked for; "": all.
  [[nodiscard]] std::string_view section() const noexcept { return section_; }
  void answer_info(std::string_view text);

  /// To be sent; whoever sends it clears it.
  [[nodiscard]] std::string& output() noexcept { return output_; }
  [[nodiscard]] std::size_t commands() const noexcept { return commands_; }

 private:
  [[nodiscard]] std::string_view input() const noexcept {
    return std::string_view(memory_).substr(begin_, used_ - begin_);
  }
  /// `read`: the command is in the queue, and another can be.
  [[nodiscard]] step take(std::span<const std::string_view> words);
  void add_keys(reply_queue::form how, key_operation::verb what, std::span<const std::string_view> keys);
  void add_set(std::span<const std::string_view> words);
  void add_ping(std::span<const std::string_view> words);
  void add_error(std::string text);
  /// Whether the keys can be; else an error is in the queue.
  [[nodiscard]] bool check(std::span<const std::string_view> keys);

  const session_limits& limits_;
  const std::span<const setting> settings_;
  resp_reader reader_;
  reply_queue queue_;
  std::string memory_;    ///< what was received
  std::size_t begin_ = 0; ///< of what is not in the queue
  std::size_t used_ = 0;  ///< bytes of `memory_`
  bool over_ = false;     ///< nothing more is understood
  std::string section_;
  std::string output_;
  std::size_t commands_ = 0;
};

} // namespace kv_server
