// Goal: prove that a server that is killed under load has lost nothing that it had acknowledged.
// Method: each client sets and deletes keys of its own, in pipelines; what is done to a key is numbered, and the number
// is its value, or leads to its deletion. After the kill each key must be as the last acknowledged step left it, or one
// that was sent behind it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace kv_server {

class kill_load {
 public:
  struct report {
    std::uint64_t kills = 0;
    std::uint64_t acknowledged = 0; ///< writes, each found again
    std::uint64_t checked = 0;      ///< keys, over all kills
    std::uint64_t compacted_segments = 0;
    std::uint64_t torn_bytes = 0;
    std::vector<std::string> losses{}; ///< a sentence each
  };

  kill_load(std::string data, std::vector<std::string> arguments, std::uint64_t seed);

  /// So many times: serves a load, kills it at a random moment, starts it again and looks.
  report run(std::size_t kills);

 private:
  struct key_state {
    std::uint64_t acknowledged = 0;
    std::uint64_t first_behind = 1; ///< of what was sent behind it
    std::uint64_t sent = 0;
  };

  void load(std::size_t client, std::uint16_t port, std::uint64_t seed);
  void check(std::uint16_t port);
  [[nodiscard]] std::string key_of(std::size_t client, std::size_t number) const;

  const std::string data_;
  const std::vector<std::string> arguments_;
  std::mt19937_64 random_;
  std::vector<std::vector<key_state>> clients_; ///< each is its thread's
  report report_;
};

} // namespace kv_server
