// What is asked of the engine, and what it answers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

namespace kv_server {

struct key_operation {
  enum class verb : std::uint8_t { get, set, erase, exists };
  enum class outcome : std::uint8_t {
    open,   ///< not done yet
    no,     ///< there is no such key
    yes,    ///< there is, was, or is now
    failed, ///< `text` says why, after an error code of RESP
  };

  verb what = verb::get;
  outcome result = outcome::open;
  std::uint32_t value_at = 0; ///< in `text`, where the value of a get begins
  std::uint64_t hash = 0;
  std::string_view key{};
  std::string_view value{};
  std::string text{};

  [[nodiscard]] std::string_view answer() const noexcept { return std::string_view(text).substr(value_at); }
};

/// Operations of one client on the keys of one shard, in order. What keys and values refer to outlives it.
struct key_work {
  std::vector<key_operation> all;
  std::size_t done = 0; ///< so many are; the others wait for the answers to be taken, see `answer_bytes`
  std::size_t answer_bytes = std::size_t{1} << 20; ///< when so much is read, the rest is left for the next call
};

/// Whatever was not done is answered with what was thrown.
void fail_rest(key_work& work, const std::exception_ptr& why);

} // namespace kv_server
