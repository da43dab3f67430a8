#pragma once

#include <chrono>
#include <string>

namespace shardbridge::bench {

/// Says on stderr how far a long step is: a bar on a terminal, a plain line now and then elsewhere, nothing when quiet.
class progress {
 public:
  progress(std::string what, bool quiet);
  progress(const progress&) = delete;
  progress& operator=(const progress&) = delete;
  ~progress();

  /// `share` in [0, 1]; `detail` stands behind the bar, and the time left as soon as that can be told.
  void update(double share, const std::string& detail = {});
  /// Takes the bar away so that other text can be printed; the next update draws it again.
  void clear();

 private:
  std::string time_left(double share) const;

  std::string what_;
  bool quiet_;
  bool terminal_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point begun_{};
  std::chrono::steady_clock::time_point last_{};
};

} // namespace shardbridge::bench
