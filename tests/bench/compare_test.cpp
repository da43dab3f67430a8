// Goal: `compare` reads what every command writes, and its exit code says whether something is worse. Method: the
// program, on results of its own, and on copies of them in which everything is dearer.
#include "program.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <string>
#include <vector>

namespace shardbridge::bench {
namespace {

using json = nlohmann::ordered_json;

class compare_program : public testing::Test {
 protected:
  std::string measure(const std::string& name, std::vector<std::string> words) {
    const std::string to = folder / name;
    words.insert(words.end(), {"--json", to, "--quiet", "--rounds", "2", "--seconds", "0.02"});
    const program_result ended = run_program(words, {.temporary_folder = folder.path().string()});
    EXPECT_EQ(ended.exit_code, 0) << ended.err;
    return to;
  }
  static void make_dearer(json& value) {
    if (value.is_object() && value.contains("median")) {
      for (json& each : value)
        each = each.get<double>() * 1000 + 1e9;
    } else if (value.is_structured()) {
      for (json& each : value)
        make_dearer(each);
    }
  }
  std::string dearer(const std::string& than) {
    json all = json::parse(std::ifstream(than));
    for (json& row : all["results"])
      for (auto& [name, value] : row.items())
        if (name.ends_with("_us")) make_dearer(value);
    const std::string to = than + ".dearer";
    std::ofstream(to) << all;
    return to;
  }
  scratch_folder folder;
};

TEST_F(compare_program, finds_no_difference_of_results_to_themselves) {
  for (const std::string& each :
       {measure("offload", {"offload", "--engine", "bridge,pool", "--pool-threads", "2", "--depth", "1,4", "--size",
                            "1M", "--no-direct"}),
        measure("handoff", {"handoff", "--engine", "bridge,post", "--depth", "1", "--producers", "1"}),
        measure("wake", {"wake", "--strategy", "futex"}),
        measure("echo", {"echo", "--pipeline", "1", "--connections", "2"})}) {
    const program_result ended = run_program({"compare", "--strict", each, each});
    EXPECT_EQ(ended.exit_code, 0) << ended.err;
    EXPECT_NE(ended.out.find("0 better, 0 worse, 0 different"), std::string::npos) << ended.out;
    EXPECT_EQ(ended.out.find("\n0 quantities"), std::string::npos) << ended.out;
    EXPECT_NE(ended.out.find("take at least 5 rounds"), std::string::npos) << ended.out;
  }
}

TEST_F(compare_program, says_what_is_worse_and_ends_with_it_where_that_is_asked_for) {
  const std::string before = measure("wake", {"wake", "--strategy", "futex"});
  const std::string after = dearer(before);
  const program_result told = run_program({"compare", before, after});
  EXPECT_EQ(told.exit_code, 0) << told.err;
  EXPECT_NE(told.out.find("round_trip_p50_us"), std::string::npos) << told.out;
  EXPECT_NE(told.out.find("WORSE"), std::string::npos) << told.out;
  EXPECT_EQ(run_program({"compare", "--strict", before, after}).exit_code, 4);
  EXPECT_EQ(run_program({"compare", "--strict", after, before}).exit_code, 0);
  EXPECT_NE(run_program({"compare", "--all", before, before}).out.find("within the noise"), std::string::npos);
}

TEST_F(compare_program, refuses_what_has_nothing_to_compare) {
  const std::string probed = folder / "probe";
  ASSERT_EQ(run_program({"probe", "--json", probed}).exit_code, 0);
  const program_result ended = run_program({"compare", probed, probed});
  EXPECT_EQ(ended.exit_code, 2);
  EXPECT_NE(ended.err.find("does not hold results that can be compared"), std::string::npos) << ended.err;
}

} // namespace
} // namespace shardbridge::bench
