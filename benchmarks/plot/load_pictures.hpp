// What most commands give: engines under some loads, and of each how much it did, for what CPU time, and how long an
// operation took. They look alike, so that who has seen the pictures of one can read those of all.
#pragma once

#include "../common/statistics.hpp"
#include "picture.hpp"

#include <string>
#include <vector>

namespace shardbridge::bench {

/// A share of the operations, and how many microseconds these took at most.
struct percentile {
  double share = 0; ///< 0.99: 99 of 100.
  spread us;
};

/// One engine under one load.
struct load_point {
  std::string engine; ///< As palette.hpp knows it.
  std::string label;  ///< As tables name it: "pool of 16". Of pools that differ in size the best one is drawn.
  std::string group;  ///< A row of panels: what else differs. May be empty.
  std::string place;  ///< Along the x axis.
  spread per_s;
  spread cpu_us; ///< An operation.
  spread p99_us;
  std::vector<percentile> latency; ///< Ascending.
};

struct load_results {
  std::string name; ///< Of the files.
  std::vector<std::string> headline;
  std::vector<std::string> latency_headline{}; ///< Where that of the percentiles is another.
  std::string places{};                        ///< What stands along the x axis: "operations in flight"
  std::string what = "operations";             ///< That are done, a second.
  bool ascending = true;                       ///< Places are more and more of something.
  std::vector<load_point> points{};            ///< In the order of groups, places and engines.
};

/// "NAME": rate, CPU time and p99 by place, a row for each group. "NAME-latency": percentiles, a panel for each place
/// of each group.
std::vector<picture> load_pictures(const load_results& results);

/// Percentiles along a logarithmic axis, from the median on.
panel percentile_panel(std::string title, std::vector<series> all);

/// Where a share stands there.
double percentile_place(double share);

} // namespace shardbridge::bench
