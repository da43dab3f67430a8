#include "report.hpp"

#include <nlohmann/json.hpp>

#include <iomanip>
#include <ostream>

namespace shardbridge::soak {
namespace {

double mebibytes(std::uint64_t bytes) {
  return static_cast<double>(bytes) / (1 << 20);
}

void write_table(std::ostream& out, const report::driver& of) {
  out << "\n" << of.name << ": " << of.reason << "\n";
  out << std::left << std::setw(14) << "kind" << std::right << std::setw(11) << "begun" << std::setw(11) << "ended";
  for (std::size_t how = 0; how < outcome_count; ++how)
    out << std::setw(11) << name_of(static_cast<outcome>(how));
  out << "\n";
  for (std::size_t each = 0; each < kind_count; ++each) {
    const tally& seen = of.counts[each];
    out << std::left << std::setw(14) << name_of(static_cast<kind>(each)) << std::right << std::setw(11) << seen.begun
        << std::setw(11) << seen.ended();
    for (const std::uint64_t count : seen.by_outcome)
      out << std::setw(11) << count;
    out << "\n";
  }
  out << "accepted by its bridges " << of.accepted << ", completed " << of.completed << "\n";
}

void write_memory(std::ostream& out, const report& what) {
  out << std::fixed << std::setprecision(1);
  const auto line = [&](const char* name, const memory_sample& seen) {
    out << std::left << std::setw(13) << name << std::right << std::setw(9) << seen.seconds << " s" << std::setw(11)
        << mebibytes(seen.rss) << " MiB resident" << std::setw(9) << mebibytes(seen.heap) << " MiB of heap"
        << std::setw(7) << seen.descriptors << " descriptors\n";
  };
  out << "\n";
  if (!what.samples.empty()) {
    line("first quiet", what.samples.front());
    line("after warm-up", what.samples[std::min(warm_up_of(what.samples.size()), what.samples.size() - 1)]);
    line("last quiet", what.samples.back());
    line("most", what.most);
  }
  out << "descriptors: " << what.descriptors_before << " before the first worker, " << what.descriptors_after
      << " behind the last\n";
  if (!what.growth_not_judged.empty()) out << "growth of memory: " << what.growth_not_judged << "\n";
}

} // namespace

void write_summary(std::ostream& out, const report& what) {
  out << std::fixed << std::setprecision(1);
  out << "soak of " << what.seconds << " s (" << what.wanted_seconds << " asked for), seed " << what.seed << "\n";
  for (const auto& [name, version] : what.versions)
    out << name << " " << version << "; ";
  out << "\n";
  for (const report::driver& each : what.drivers)
    write_table(out, each);
  if (!what.left_out.empty()) out << "\nleft out: " << what.left_out << "\n";
  out << "\nfaults: ";
  if (!what.no_faults.empty()) {
    out << "none, since " << what.no_faults << "\n";
  } else {
    std::uint64_t sum = 0;
    for (const auto& [name, count] : what.faults)
      sum += count;
    out << sum << " of " << what.requests << " requests (" << std::setprecision(2)
        << (what.requests == 0 ? 0.0 : 100.0 * static_cast<double>(sum) / static_cast<double>(what.requests))
        << " %, asked for " << what.faults_percent << " %)";
    for (const auto& [name, count] : what.faults)
      out << ", " << name << " " << count;
    out << "\n";
  }
  write_memory(out, what);
  out << "checks: " << what.checks << " at " << what.quiet_points << " quiet points\n\n";
  for (const std::string& each : what.findings)
    out << "WRONG: " << each << "\n";
  if (what.wrong > what.findings.size()) out << "and " << what.wrong - what.findings.size() << " more\n";
  out << (what.wrong == 0 ? "verdict: nothing is wrong\n" : "verdict: something is wrong\n");
}

void write_json(std::ostream& out, const report& what) {
  nlohmann::ordered_json all{{"seconds", what.seconds},
                             {"seconds_wanted", what.wanted_seconds},
                             {"seed", what.seed},
                             {"faults_percent", what.faults_percent}};
  for (const auto& [name, version] : what.versions)
    all["versions"][name] = version;
  for (const report::driver& driver : what.drivers) {
    nlohmann::ordered_json its{
        {"reason", driver.reason}, {"accepted", driver.accepted}, {"completed", driver.completed}};
    for (std::size_t each = 0; each < kind_count; ++each) {
      const tally& seen = driver.counts[each];
      nlohmann::ordered_json& row = its["kinds"][std::string(name_of(static_cast<kind>(each)))];
      row = {{"begun", seen.begun}, {"doubled", seen.doubled}};
      for (std::size_t how = 0; how < outcome_count; ++how)
        row[std::string(name_of(static_cast<outcome>(how)))] = seen.by_outcome[how];
    }
    all["drivers"][driver.name] = std::move(its);
  }
  all["left_out"] = what.left_out;
  all["faults"] = {{"why_none", what.no_faults}, {"requests", what.requests}};
  for (const auto& [name, count] : what.faults)
    all["faults"][name] = count;
  all["quiet_points"] = what.quiet_points;
  all["checks"] = what.checks;
  for (const memory_sample& each : what.samples)
    all["memory"].push_back({{"seconds", each.seconds},
                             {"rss_bytes", each.rss},
                             {"heap_bytes", each.heap},
                             {"descriptors", each.descriptors}});
  all["descriptors"] = {{"before", what.descriptors_before}, {"after", what.descriptors_after}};
  all["wrong"] = what.wrong;
  all["findings"] = what.findings;
  out << all.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << "\n";
}

} // namespace shardbridge::soak
