// Goal: the parser that judges the scrape finds what it is there to find. Method: a faultless text, and faults.
#include "exposition.hpp"

#include <gtest/gtest.h>

namespace shardbridge::tests {
namespace {

const std::string whole =
    "# HELP a_total Help with \\\\ and \\n.\n# TYPE a_total counter\na_total{b=\"x\\\"\\\\\\n,}\"} 1\n"
    "# HELP h_seconds Times.\n# TYPE h_seconds histogram\nh_seconds_count 3\nh_seconds_sum 1.5e-06\n"
    "h_seconds_bucket{le=\"1e-06\"} 2\nh_seconds_bucket{le=\"+Inf\"} 3\n";

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  return text.replace(text.find(what), what.size(), by);
}

bool complains(const std::string& text) {
  const exposition all = exposition::parse(text);
  return !all.complaints.empty() || !complaints_of_histograms(all).empty();
}

TEST(exposition, reads_a_faultless_text) {
  exposition all = exposition::parse(whole);
  EXPECT_EQ(all.value("a_total", {{"b", "x\"\\\n,}"}}), 1);
  EXPECT_EQ(all.value("h_seconds_sum", {}), 1.5e-06);
  EXPECT_EQ(all.complaints, faultless);
  EXPECT_EQ(complaints_of_histograms(all), faultless);
}

TEST(exposition, finds_faults) {
  const std::pair<const char*, const char*> faults[] = {
      {"# HELP a_total Help with \\\\ and \\n.\n", ""},
      {"# TYPE a_total counter\n", ""},
      {"counter", "number"},
      {"a_total{b", "b_total{b"},
      {"a_total{b", "a-total{b"},
      {"{b=", "{1b="},
      {"{b=", "{__b="},
      {"{b=", "{b="},
      {"\\\"", "\""},
      {"} 1\n", "}  1\n"},
      {"} 1\n", "} one\n"},
      {"} 1\n", "} -1\n"},
      {"} 1\n", "} 1\n\n"},
      {"} 1\n", "} 1\na_total{b=\"x\\\"\\\\\\n,}\"} 1\n"},
      {"h_seconds_count 3\n", ""},
      {"h_seconds_count 3", "h_seconds_count 4"},
      {"1e-06\"} 2", "1e-06\"} 4"},
      {"h_seconds_bucket{le=\"+Inf\"} 3\n", ""},
      {"h_seconds_sum 1.5e-06", "h_seconds 1.5e-06"},
  };
  for (const auto& [what, by] : faults) {
    const bool change = std::string_view(what) != by;
    EXPECT_EQ(complains(replaced(whole, what, by)), change) << what << " replaced by " << by;
  }
  EXPECT_TRUE(complains(whole + "# HELP a_total Again.\n# TYPE a_total counter\na_total 1\n"));
  EXPECT_TRUE(complains(whole.substr(0, whole.size() - 1)));
}

} // namespace
} // namespace shardbridge::tests
