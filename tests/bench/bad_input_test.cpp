// Goal: whatever cannot be used gets one sentence on stderr that names it, exit code 2, and nothing on stdout.
// Method: a table of command lines; then what needs a special place to happen.

#include "program.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <algorithm>
#include <fstream>

namespace shardbridge::bench {
namespace {

struct bad_case {
  const char* name;
  std::vector<std::string> arguments; ///< {folder} and {file} (64 KiB) stand for what is there.
  const char* sentence;               ///< What stderr must contain.
};

void PrintTo(const bad_case& c, std::ostream* out) {
  *out << c.name;
}

std::string expanded(std::string text, const scratch_folder& folder) {
  for (const auto& [mark, value] :
       {std::pair<std::string, std::string>{"{folder}", folder.path().string()}, {"{file}", folder / "file"}})
    for (auto at = text.find(mark); at != text.npos; at = text.find(mark))
      text.replace(at, mark.size(), value);
  return text;
}

void expect_one_sentence(const program_result& result, const std::string& part) {
  EXPECT_EQ(result.exit_code, 2) << result.err;
  EXPECT_EQ(result.out, "");
  EXPECT_TRUE(result.err.starts_with("shardbridge-bench: ")) << result.err;
  EXPECT_EQ(std::ranges::count(result.err, '\n'), 1) << result.err;
  EXPECT_NE(result.err.find(part), std::string::npos) << result.err;
}

class bad_input_table : public testing::TestWithParam<bad_case> {};

TEST_P(bad_input_table, gets_a_sentence) {
  const scratch_folder folder;
  std::ofstream(folder / "file") << std::string(65536, 'x');
  std::vector<std::string> arguments;
  for (const auto& word : GetParam().arguments)
    arguments.push_back(expanded(word, folder));
  expect_one_sentence(run_program(arguments, {.temporary_folder = folder.path().string()}),
                      expanded(GetParam().sentence, folder));
  EXPECT_EQ(folder.entries(), (std::vector<std::string>{"file"}));
}

const bad_case bad_cases[] = {
    {"no_command", {}, "no command given"},
    {"unknown_command", {"offlaod"}, "offlaod"},
    {"unknown_option", {"offload", "--dept", "3"}, "--dept"},
    {"option_without_value", {"offload", "--depth"}, "--depth"},
    {"unknown_engine", {"offload", "--engine", "raw,warp"}, "--engine 'warp' is unknown"},
    {"cached_reads_of_direct_files", {"offload", "--engine", "bridge-cached"}, "it needs --no-direct"},
    {"cached_share_of_direct_files", {"offload", "--cached", "50"}, "it needs --no-direct"},
    {"cached_share_too_large", {"offload", "--no-direct", "--cached", "101"}, "--cached '101' must be at most 100"},
    {"empty_engine", {"offload", "--engine", "raw,"}, "--engine 'raw,' has an empty entry"},
    {"no_such_file", {"offload", "--file", "{folder}/none"}, "no such file: '{folder}/none'"},
    {"folder", {"offload", "--file", "{folder}"}, "is a folder, not a file"},
    {"device", {"offload", "--file", "/dev/zero"}, "'/dev/zero' is not a regular file"},
    {"misaligned", {"offload", "--file", "{file}", "--block", "1000"}, "--block 1000 is misaligned"},
    {"misaligned_made", {"offload", "--size", "1M", "--block", "1000"}, "--block 1000 is misaligned"},
    {"block_zero", {"offload", "--block", "0"}, "--block '0' must be more than 0"},
    {"block_huge", {"offload", "--block", "2G", "--depth", "1"}, "--block"},
    {"depth_zero", {"offload", "--depth", "0"}, "--depth '0' must be at least 1"},
    {"depth_zero_in_list", {"offload", "--depth", "1,0"}, "--depth '0' must be at least 1"},
    {"depth_negative", {"offload", "--depth", "-1"}, "--depth '-1' must not be negative"},
    {"depth_huge", {"offload", "--depth", "1000000"}, "--depth '1000000' must be at most 16384"},
    {"file_shorter_than_block", {"offload", "--file", "{file}", "--block", "128K"}, "shorter than one block of 131072"},
    {"size_shorter_than_block", {"offload", "--size", "1K"}, "shorter than one block"},
    {"size_zero", {"offload", "--size", "0"}, "--size '0' must be more than 0"},
    {"size_negative", {"offload", "--size", "-1G"}, "--size '-1G' must not be negative"},
    {"size_overflows", {"offload", "--size", "99999999999T"}, "--size '99999999999T' is too large"},
    {"seconds_zero", {"offload", "--seconds", "0"}, "--seconds '0' must be more than 0"},
    {"seconds_negative", {"offload", "--seconds", "-1"}, "--seconds '-1' must be more than 0"},
    {"rounds_zero", {"offload", "--rounds", "0"}, "--rounds '0' must be at least 1"},
    {"shards_zero", {"offload", "--shards", "0"}, "--shards '0' must be at least 1"},
    {"shards_too_many", {"offload", "--shards", "100000"}, "--shards '100000' must be at most"},
    {"pool_threads_zero", {"offload", "--pool-threads", "4,0"}, "--pool-threads '0' must be at least 1"},
    {"client_threads_zero", {"offload", "--client-threads", "0"}, "--client-threads '0' must be at least 1"},
    {"timeout_without_unit", {"offload", "--timeout", "50"}, "--timeout '50' is not a duration"},
    {"timeout_mode", {"offload", "--timeout-mode", "kernel"}, "--timeout-mode 'kernel' is neither"},
    {"cancel_too_much", {"offload", "--cancel", "101"}, "--cancel '101' must be at most 100"},
    {"rate_zero", {"offload", "--rate", "0"}, "--rate '0' must be at least 1"},
    {"rate_is_no_number", {"offload", "--rate", "1000,fast"}, "--rate 'fast' is not a whole number"},
    {"rate_of_no_share", {"offload", "--rate", "0%"}, "--rate '0' must be at least 1"},
    {"arrivals_unknown", {"offload", "--arrivals", "even"}, "--arrivals 'even' is neither poisson nor fixed"},
    {"rw_unknown", {"offload", "--rw", "rread"}, "--rw 'rread' is none of"},
    {"write_without_consent", {"offload", "--file", "{file}", "--rw", "mixed"}, "--allow-write"},
    {"verify_tiny_block", {"offload", "--verify", "--block", "32", "--no-direct"}, "--verify needs a --block"},
    {"verify_foreign_file", {"offload", "--verify", "--file", "{file}"}, "was not made for --verify"},
    {"verify_few_blocks",
     {"offload", "--verify", "--rw", "mixed", "--size", "64K", "--depth", "9"},
     "twice as many blocks"},
    {"verify_several_blocks", {"offload", "--verify", "--block", "4K,8K"}, "--verify needs one --block"},
    {"misaligned_in_list", {"offload", "--size", "1M", "--block", "4K,1000"}, "--block 1000 is misaligned"},
    {"misaligned_in_list_for_file",
     {"offload", "--file", "{file}", "--block", "4K,1000"},
     "--block 1000 is misaligned"},
    {"streams_without_blocks",
     {"sequential", "--size", "1M", "--block", "128K,1M", "--streams", "1,2"},
     "has no block of 1 MiB for each of 2 streams"},
    {"streams_at_random", {"sequential", "--rw", "randread"}, "--rw randread has no streams"},
    {"preset_without_the_option", {"cached", "--direct"}, "--direct"},
    {"json_in_no_folder",
     {"offload", "--json", "{folder}/none/r.json"},
     "--json '{folder}/none/r.json' cannot be written"},
    {"json_is_a_folder", {"offload", "--json", "{folder}"}, "cannot be written: Is a directory"},
    {"report_no_file", {"report", "{folder}/none"}, "cannot read '{folder}/none'"},
    {"compare_one_file", {"compare", "{file}"}, "after is required"},
    {"compare_no_file", {"compare", "{folder}/none", "{file}"}, "cannot read '{folder}/none'"},
    {"compare_no_results", {"compare", "{file}", "{file}"}, "does not hold results"},
    {"report_no_results", {"report", "{file}"}, "does not hold results"},
};

INSTANTIATE_TEST_SUITE_P(all, bad_input_table, testing::ValuesIn(bad_cases),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST(bad_input, no_permission) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root, to become somebody else";
  const scratch_folder folder;
  std::filesystem::permissions(folder.path(), std::filesystem::perms(0755));
  const std::string file = make_verified_file(folder, 16);
  std::filesystem::permissions(file, std::filesystem::perms(0600));
  const auto result = run_program({"offload", "--file", file}, {.temporary_folder = "/tmp", .as_nobody = true});
  if (result.exit_code == setting_impossible) GTEST_SKIP() << "the program cannot be reached as somebody else";
  expect_one_sentence(result, "no permission to read '" + file + "'");
}

TEST(bad_input, unwritable_json_for_a_normal_user) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root, to become somebody else";
  const scratch_folder folder;
  std::filesystem::permissions(folder.path(), std::filesystem::perms(0755));
  const auto result =
      run_program({"offload", "--json", folder / "r.json"}, {.temporary_folder = "/tmp", .as_nobody = true});
  if (result.exit_code == setting_impossible) GTEST_SKIP() << "the program cannot be reached as somebody else";
  expect_one_sentence(result, "cannot be written: Permission denied");
}

TEST(bad_input, full_disk) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root, to mount a small disk";
  const scratch_folder folder;
  const scratch_folder results;
  const std::string disk = folder.path().string();
  const auto result = run_program({"offload", "--size", "16M", "--quiet", "--json", results / "never-written.json"},
                                  {.temporary_folder = disk, .small_disk = disk});
  if (result.exit_code == setting_impossible) GTEST_SKIP() << "nothing can be mounted here";
  EXPECT_EQ(result.exit_code, 1) << result.err;
  EXPECT_EQ(std::ranges::count(result.err, '\n'), 1) << result.err;
  EXPECT_NE(result.err.find("the disk is too full: a file of 16 MiB does not fit"), std::string::npos) << result.err;
  EXPECT_TRUE(results.entries().empty());
}

TEST(bad_input, temporary_folder_that_is_not_there) {
  expect_one_sentence(run_program({"offload"}, {.temporary_folder = "/none/such"}),
                      "cannot make a file in '/none/such': No such file or directory");
}

} // namespace
} // namespace shardbridge::bench
