// Goal: programs that a fuzzer drives, or that repeat what it found. Method: each gets bytes, and aborts with a
// sentence if something does not hold, as sanitizers do.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string_view>

namespace shardbridge::fuzz {

inline void require(bool holds, const char* sentence) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", sentence);
  std::abort();
}

/// Bytes that are taken bit by bit: some decide, the rest is text.
class input {
 public:
  explicit input(std::span<const std::uint8_t> bytes) noexcept : left_(bytes) {}

  /// 0 to 255; 0 where nothing is left.
  std::uint8_t byte() noexcept {
    if (left_.empty()) return 0;
    const std::uint8_t out = left_.front();
    left_ = left_.subspan(1);
    return out;
  }
  std::uint64_t number() noexcept {
    std::uint64_t out = 0;
    for (int each = 0; each < 8; ++each)
      out = out << 8U | byte();
    return out;
  }
  /// Up to a line's end, which is taken too, or all that is left.
  std::string_view line() noexcept {
    const std::string_view all = rest();
    const std::size_t end = all.find('\n');
    left_ = end == all.npos ? std::span<const std::uint8_t>{} : left_.subspan(end + 1);
    return all.substr(0, end);
  }
  [[nodiscard]] bool empty() const noexcept { return left_.empty(); }
  [[nodiscard]] std::string_view rest() const noexcept {
    return {reinterpret_cast<const char*>(left_.data()), left_.size()};
  }

 private:
  std::span<const std::uint8_t> left_;
};

/// What each program does with its bytes.
void run(std::span<const std::uint8_t> bytes);

} // namespace shardbridge::fuzz

/// What libFuzzer, or replay_main.cpp, calls. Not inline, or it would not be there: each program includes this once.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  shardbridge::fuzz::run({data, size});
  return 0;
}
