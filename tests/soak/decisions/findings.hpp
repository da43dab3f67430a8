// What was found wrong, in sentences; the first ones are kept, all are counted. Threads: any.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace shardbridge::soak {

class findings {
 public:
  static constexpr std::size_t most_kept = 20;

  void add(std::string sentence) {
    const std::lock_guard lock(mutex_);
    if (++count_ <= most_kept) kept_.push_back(std::move(sentence));
  }
  void add(const std::vector<std::string>& sentences) {
    for (const std::string& each : sentences)
      add(each);
  }
  [[nodiscard]] std::uint64_t count() const {
    const std::lock_guard lock(mutex_);
    return count_;
  }
  [[nodiscard]] std::vector<std::string> kept() const {
    const std::lock_guard lock(mutex_);
    return kept_;
  }

 private:
  mutable std::mutex mutex_;
  std::uint64_t count_ = 0;
  std::vector<std::string> kept_;
};

} // namespace shardbridge::soak
