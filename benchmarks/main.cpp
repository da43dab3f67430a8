#include "command.hpp"
#include "common/failure.hpp"
#include "common/interrupt.hpp"

#include <boost/version.hpp>

#include <iostream>
#include <string>
#include <vector>

namespace {

constexpr const char* exit_codes = R"(Exit codes:
  0    done
  1    something failed while running: operations, an engine, the disk
  2    an option or a file cannot be used
  3    --verify found wrong blocks
  4    compare --strict: something is worse, beyond the noise
  130  interrupted; what was done is printed)";

int run(const std::vector<std::string>& words) {
  using namespace shardbridge::bench;
  CLI::App app("Measures how an Asio service gets its work done elsewhere: through shardbridge and otherwise.",
               "shardbridge-bench");
  app.set_version_flag("--version", "shardbridge-bench " SHARDBRIDGE_BENCH_VERSION " (Boost " BOOST_LIB_VERSION
                                    ", liburing " SHARDBRIDGE_BENCH_LIBURING ")");
  app.require_subcommand(0, 1);
  app.footer(exit_codes);
  action chosen;
  add_cached_command(app, chosen);
  add_compare_command(app, chosen);
  add_echo_command(app, chosen);
  add_fairness_command(app, chosen);
  add_handoff_command(app, chosen);
  add_memory_command(app, chosen);
  add_offload_command(app, chosen);
  add_pressure_command(app, chosen);
  add_probe_command(app, chosen);
  add_report_command(app, chosen);
  add_scale_command(app, chosen);
  add_sequential_command(app, chosen);
  add_suite_command(app, chosen, run);
  add_sync_command(app, chosen);
  add_wake_command(app, chosen);
  for (auto* command : app.get_subcommands(nullptr))
    command->footer(command->get_footer() + "\n" + exit_codes);
  try {
    app.parse(std::vector<std::string>(words.rbegin(), words.rend())); // as it wants them
  } catch (const CLI::Success& help_or_version) {
    return app.exit(help_or_version);
  } catch (const CLI::ParseError& error) {
    throw bad_input(std::string(error.what()) + " (see --help)");
  }
  if (!chosen) throw bad_input("no command given (see --help)");
  return chosen();
}

} // namespace

int main(int argc, char** argv) {
  using shardbridge::bench::exit_code;
  shardbridge::bench::install_interrupt_handlers();
  try {
    return run({argv + 1, argv + argc});
  } catch (const shardbridge::bench::failure& failure) {
    std::cerr << "shardbridge-bench: " << failure.what() << '\n';
    return static_cast<int>(failure.code());
  } catch (const std::exception& failure) {
    std::cerr << "shardbridge-bench: " << failure.what() << '\n';
    return static_cast<int>(exit_code::run_failed);
  }
}
