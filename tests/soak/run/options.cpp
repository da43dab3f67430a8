#include "options.hpp"

#include <CLI/CLI.hpp>

#include <cmath>
#include <cstdlib>
#include <map>
#include <random>

namespace shardbridge::soak {

options parse(int count, char** words) {
  options out;
  out.seed = std::random_device()();
  CLI::App app{"Everything that the library does, at once, on operations that fail now and then: every handler is\n"
               "counted, every byte verified, and at quiet points in between nothing may be left.",
               "shardbridge_soak"};
  double minutes = 0;
  std::uint64_t seconds = 0;
  const auto length = app.add_option("--minutes", minutes, "how long it goes on; may be a fraction [1]");
  app.add_option("--seconds", seconds, "the same in seconds")->check(CLI::Range(1, 1'000'000))->excludes(length);
  length->check(CLI::Range(0.01, 20'000.0));
  app.add_option("--faults", out.faults,
                 "percent of the requests to a FUSE file system that meet a fault: EIO, ENOSPC, "
                 "EINTR, a short transfer, a delay, a hang for a while")
      ->check(CLI::Range(0.0, 100.0))
      ->capture_default_str();
  std::string on = "both";
  app.add_option("--backend", on, "what shards run on; both run side by side")
      ->check(CLI::IsMember({"both", "io_uring", "thread_pool"}))
      ->capture_default_str();
  app.add_option("--seed", out.seed, "of all decisions; printed. The same seed has every worker decide the same again");
  app.add_option("--shards", out.shards, "of each group")->check(CLI::Range(1, 64))->capture_default_str();
  std::int64_t patience = out.patience.count();
  app.add_option("--patience", patience, "seconds without progress that count as a hang")
      ->check(CLI::Range(1, 3600))
      ->capture_default_str();
  app.add_option("--json", out.json, "writes the summary there too");
  const std::map<std::string, harm> harms{{"lost-completion", harm::lost_completion},
                                          {"wrong-data", harm::wrong_data},
                                          {"leaked-descriptor", harm::leaked_descriptor},
                                          {"leaked-memory", harm::leaked_memory},
                                          {"hang", harm::hang}};
  app.add_option("--plant", out.planted,
                 "does harm, to see that it is found: lost-completion, wrong-data, "
                 "leaked-descriptor, leaked-memory, hang")
      ->transform(CLI::CheckedTransformer(harms).description(""));
  app.footer("Examples:\n"
             "  shardbridge_soak --minutes 30\n"
             "  shardbridge_soak --seconds 20 --faults 5 --backend thread_pool --seed 4711\n"
             "  shardbridge_soak --seconds 10 --plant leaked-descriptor\n"
             "Ctrl-C ends it early, with the checks and the summary of what was done; a second one at once.\n"
             "Exit codes: 0 nothing is wrong, 1 something is, 2 the command line makes no sense.");
  try {
    app.parse(count, words);
  } catch (const CLI::ParseError& error) {
    std::exit(app.exit(error) == 0 ? EXIT_SUCCESS : 2);
  }
  if (seconds != 0) out.length = std::chrono::seconds(seconds);
  if (minutes > 0) out.length = std::chrono::seconds(std::max<std::int64_t>(std::llround(minutes * 60), 1));
  if (on == "io_uring") out.backends = {backend::io_uring};
  if (on == "thread_pool") out.backends = {backend::thread_pool};
  out.patience = std::chrono::seconds(patience);
  return out;
}

} // namespace shardbridge::soak
