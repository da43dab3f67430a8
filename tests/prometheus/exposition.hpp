// Goal: know whether a text is what Prometheus reads, and read it. Method: a parser of the text format 0.0.4 that is
// stricter than Prometheus' own: it also wants a HELP and a TYPE of every family, before its samples and all of them in
// one place, and no series twice.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace shardbridge::tests {

struct exposition {
  using labels = std::map<std::string, std::string>;
  struct sample {
    std::string name;
    labels with;
    double value = 0;
  };
  struct family {
    std::string help;
    std::string type;
    std::vector<sample> samples;
  };

  std::map<std::string, family> families;
  std::vector<std::string> complaints; ///< empty if the text is faultless

  /// The value of one sample; a complaint and NaN if there is none.
  double value(std::string_view name, const labels& with);

  static exposition parse(std::string_view text);
};

/// The complaints about a text without faults.
inline const std::vector<std::string> faultless;

/// What is wrong with histograms: buckets that are not cumulative, not sorted, or do not end with +Inf at the count.
std::vector<std::string> complaints_of_histograms(const exposition& all);

} // namespace shardbridge::tests
