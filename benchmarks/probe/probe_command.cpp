#include "../command.hpp"

#include "../common/environment.hpp"
#include "../results/json_file.hpp"
#include "findings.hpp"

#include <shardbridge/shard_group.hpp>

#include <algorithm>
#include <iomanip>
#include <iostream>
#include <memory>
#include <optional>
#include <system_error>

namespace shardbridge::bench {
namespace {

constexpr const char* footer = R"(
Everything is tried, nothing is concluded from versions. What does not work here has a reason beside it, and shards do
without: docs/backends.md tells how.

Examples:
  shardbridge-bench probe
  shardbridge-bench probe --json probe.json
)";

struct section {
  const char* title;
  const char* key;
  std::vector<finding> findings;
};

/// What a group of one shard comes to.
std::vector<finding> find_backend() {
  std::string line;
  const auto take = [&line](const std::string& told) { line = told; };
  try {
    const shard_group automatic({.log = take});
    const bool on_ring = automatic.backend_in_use() == backend::io_uring;
    return {{"automatic", true, on_ring ? "io_uring" : "thread_pool"}, {"because", true, automatic.backend_reason()}};
  } catch (const std::system_error& refused) {
    return {{"automatic", false, refused.what()}};
  }
}

std::vector<section> find_all() {
  return {{"What shards run on", "backend", find_backend()},
          {"Limits and settings", "limits", find_limits()},
          {"A ring with", "setup", find_setup_flags()},
          {"Registered with a ring", "registered", find_registrations()},
          {"Operations", "operations", find_operations()}};
}

void print(std::ostream& to, const nlohmann::ordered_json& environment, const std::vector<section>& all) {
  to << machine_text(environment) << "\nshardbridge " << environment_text(environment, "shardbridge") << ", liburing "
     << environment_text(environment, "liburing") << ", Boost " << environment_text(environment, "boost") << ", "
     << environment_text(environment, "compiler") << '\n';
  for (const section& each : all) {
    to << '\n' << each.title << '\n';
    if (each.findings.empty()) to << "  nothing: there is no ring\n";
    for (const finding& found : each.findings) {
      to << "  " << std::left << std::setw(36) << found.what << (found.works ? "" : "no: ")
         << (found.works && found.detail.empty() ? "yes" : found.detail) << '\n';
    }
  }
}

nlohmann::ordered_json as_json(const nlohmann::ordered_json& environment, const std::vector<section>& all) {
  nlohmann::ordered_json out{{"environment", environment}};
  for (const section& each : all) {
    nlohmann::ordered_json& into = out[each.key] = nlohmann::ordered_json::object();
    for (const finding& found : each.findings)
      into[found.what] = {{"works", found.works}, {"detail", found.detail}};
  }
  return out;
}

int run_command(const std::string& path) {
  std::optional<json_file> json;
  if (!path.empty()) json.emplace(path);
  const auto environment = describe_environment();
  const std::vector<section> all = find_all();
  print(path == "-" ? std::cerr : std::cout, environment, all);
  if (json) json->write(as_json(environment, all));
  return 0;
}

} // namespace

void add_probe_command(CLI::App& app, action& chosen) {
  const auto path = std::make_shared<std::string>();
  CLI::App* command =
      app.add_subcommand("probe", "Tries what this machine's kernel does for shards, and says what they run on and "
                                  "why: for reports of bugs, and to know before.");
  command->option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  command->add_option("--json", *path, "Write it there too; - is stdout, the text then goes to stderr")
      ->type_name("PATH");
  command->footer(footer);
  command->callback([path, &chosen] { chosen = [path] { return run_command(*path); }; });
}

} // namespace shardbridge::bench
