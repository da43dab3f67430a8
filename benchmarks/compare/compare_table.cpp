#include "compare_table.hpp"

#include "../common/format.hpp"

#include <algorithm>
#include <string>

namespace shardbridge::bench {
namespace {

constexpr const char* columns =
    "                                before                  after                  ratio\n";

constexpr const char* legend =
    R"(Medians over the rounds, with the range of the rounds behind them. Better and worse are only what lies beyond the
noise: every round of the one is above every round of the other.
)";

const char* word(verdict found) {
  switch (found) {
  case verdict::within_noise:
    return "within the noise";
  case verdict::better:
    return "better";
  case verdict::worse:
    return "WORSE";
  case verdict::different:
    return "different";
  }
  return "?";
}

std::string range(const spread& s) {
  return format("%8s [%s to %s]", three_digits(s.median).c_str(), three_digits(s.min).c_str(),
                three_digits(s.max).c_str());
}

void print_environment(std::ostream& out, const comparison& what) {
  if (what.environment.empty()) return;
  out << "Not the same:\n";
  for (const environment_change& each : what.environment)
    out << "  " << each.what << ": " << each.before << " -> " << each.after << '\n';
  out << '\n';
}

void print_missing(std::ostream& out, const char* where, const std::vector<std::string>& rows) {
  for (const std::string& each : rows)
    out << "only " << where << ": " << each << '\n';
}

void print_summary(std::ostream& out, const comparison& what) {
  const auto count = [&](verdict which) {
    return static_cast<unsigned>(std::ranges::count(what.differences, which, &difference::found));
  };
  out << what.differences.size() << " quantities compared: " << count(verdict::better) << " better, "
      << count(verdict::worse) << " worse, " << count(verdict::different) << " different, "
      << count(verdict::within_noise) << " within the noise\n";
  if (what.rounds_before == 0) return;
  const double chance = what.chance_of_error();
  out << format("With %u and %u rounds chance alone puts one quantity in %.0f beyond the noise", what.rounds_before,
                what.rounds_after, 1 / chance)
      << (chance > 0.02 ? ": take at least 5 rounds each.\n" : ".\n");
}

} // namespace

void print_comparison(std::ostream& out, const comparison& what, bool all) {
  print_environment(out, what);
  const std::string* measured = nullptr;
  for (const difference& each : what.differences) {
    if (!all && each.found == verdict::within_noise) continue;
    if (measured == nullptr) out << columns;
    if (measured == nullptr || *measured != each.measured) out << each.measured << '\n';
    measured = &each.measured;
    out << format("  %-20s %-28s %-28s %6s  %s\n", each.quantity.c_str(), range(each.before).c_str(),
                  range(each.after).c_str(), each.before.median > 0 ? three_digits(each.ratio()).c_str() : "-",
                  word(each.found));
  }
  if (measured != nullptr) out << '\n' << legend << '\n';
  print_missing(out, "before", what.only_before);
  print_missing(out, "after", what.only_after);
  print_summary(out, what);
}

} // namespace shardbridge::bench
