#include "../command.hpp"
#include "../command_options.hpp"

#include "../common/failure.hpp"
#include "../common/format.hpp"
#include "../common/interrupt.hpp"
#include "../common/parse.hpp"
#include "../common/remark.hpp"
#include "../common/time_left.hpp"
#include "../plot/gnuplot.hpp"
#include "../plot/plot_folder.hpp"
#include "captured_output.hpp"
#include "plan.hpp"
#include "result_folder.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <utility>

namespace shardbridge::bench {
namespace {

constexpr const char* examples = R"(
Ctrl-C ends the step that runs, prints what it has, and leaves out the others. A step that fails is told of, and the
others run all the same.

Examples:
  shardbridge-bench suite
  shardbridge-bench suite full --out results
  shardbridge-bench suite --only offload,handoff
)";

struct suite_texts {
  std::string length = "quick";
  std::string out;
  std::string only;
  std::string plot;
  bool quiet = false;
};

class suite_run {
 public:
  suite_run(const suite_texts& texts, run_command_line run)
      : run_(std::move(run)), quiet_(texts.quiet), steps_(plan_suite(parse_suite_length("LENGTH", texts.length))) {
    if (!texts.only.empty()) steps_ = only(std::move(steps_), "--only", split_list("--only", texts.only));
    if (!texts.out.empty()) folder_.emplace(texts.out);
    pictures_ = texts.plot;
    if (!pictures_.empty())
      const plot_folder tried(pictures_);
    else if (has_gnuplot())
      pictures_ = texts.out;
    else if (folder_)
      remark(quiet_, "no pictures are drawn: gnuplot is not installed (Debian: gnuplot-nox)");
  }

  int run() {
    auto last_failure = exit_code::ok;
    for (std::size_t done = 0; done != steps_.size() && !interrupted(); ++done) {
      say_what_comes(done);
      if (const exit_code code = run_step(steps_[done]); code != exit_code::ok) last_failure = code;
    }
    return static_cast<int>(interrupted() ? exit_code::interrupted : last_failure);
  }

 private:
  using clock = std::chrono::steady_clock;

  void say_what_comes(std::size_t done) const {
    const double elapsed = std::chrono::duration<double>(clock::now() - begun_).count();
    remark(quiet_, format("%s, %zu of %zu, %s", steps_[done].name.c_str(), done + 1, steps_.size(),
                          time_left_text(seconds_left(steps_, steps_.size() - done, elapsed)).c_str()));
  }

  exit_code run_step(const suite_step& step) const {
    std::vector<std::string> words = step.arguments;
    if (folder_) words.insert(words.end(), {"--json", folder_->json_of(step.name)});
    if (!pictures_.empty()) words.insert(words.end(), {"--plot", pictures_});
    if (quiet_) words.emplace_back("--quiet");
    auto code = exit_code::ok;
    std::string table;
    {
      const captured_output output;
      code = told(step, [&] { return static_cast<exit_code>(run_(words)); });
      table = output.text();
    }
    std::cout << "# " << step.question << "\n\n" << table << std::endl;
    if (!folder_) return code;
    const exit_code kept = told(step, [&] {
      folder_->write_table(step.name, table);
      return exit_code::ok;
    });
    return code != exit_code::ok ? code : kept;
  }

  /// What `action` returns, or what it failed with, of which the user is told.
  template <class Action>
  static exit_code told(const suite_step& step, Action action) {
    try {
      return action();
    } catch (const failure& reason) {
      std::cerr << "shardbridge-bench: " << step.name << ": " << reason.what() << '\n';
      return reason.code();
    }
  }

  const run_command_line run_;
  const bool quiet_;
  std::vector<suite_step> steps_;
  std::optional<result_folder> folder_;
  std::string pictures_; ///< Their folder; empty: none.
  const clock::time_point begun_ = clock::now();
};

} // namespace

void add_suite_command(CLI::App& app, action& chosen, const run_command_line& run) {
  const auto texts = std::make_shared<suite_texts>();
  CLI::App& command =
      add_command(app, "suite", "Runs all measurements, one after the other: a minute or a quarter of an hour.");
  command
      .add_option(
          "length", texts->length,
          "quick, about a minute; full, about a quarter of an hour; smoke, some seconds, to see whether all of it "
          "works here: its figures mean nothing")
      ->type_name("LENGTH");
  command
      .add_option("--out", texts->out,
                  "A folder for each step's table and JSON, and with gnuplot pictures; it is made where it is missing")
      ->type_name("DIR");
  command.add_option("--only", texts->only, "These steps alone; comma-separated")->type_name("LIST");
  add_plot_option(command, texts->plot);
  add_quiet_option(command, texts->quiet);
  command.footer(examples);
  command.callback([texts, run, &chosen] { chosen = [texts, run] { return suite_run(*texts, run).run(); }; });
}

} // namespace shardbridge::bench
