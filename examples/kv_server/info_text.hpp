#pragma once

#include "store_numbers.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace kv_server {

/// All that INFO tells.
struct server_numbers {
  std::string_view form{}; ///< what the network runs on
  std::int64_t process = 0;
  unsigned port = 0;
  std::int64_t uptime_seconds = 0;
  std::size_t threads = 0;
  std::size_t shards = 0;
  std::uint64_t clients = 0;
  std::uint64_t max_clients = 0;
  std::uint64_t connections = 0; ///< received in all
  std::uint64_t rejected = 0;    ///< likewise
  std::uint64_t commands = 0;
  std::uint64_t input_bytes = 0;
  std::uint64_t output_bytes = 0;
  store_numbers store{};
};

/// "" and "all", "default" and "everything" mean all sections.
[[nodiscard]] std::string info_text(const server_numbers& from, std::string_view section);

} // namespace kv_server
