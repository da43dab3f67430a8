#include "environment.hpp"

#include "cpus.hpp"

#include <boost/version.hpp>

#include <sys/utsname.h>

#include <chrono>
#include <ctime>
#include <fstream>

namespace shardbridge::bench {
namespace {

std::string cpu_model() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("model name"))
      if (const auto colon = line.find(": "); colon != line.npos) return line.substr(colon + 2);
  return "unknown";
}

std::string governor() {
  std::ifstream file("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
  std::string text;
  return std::getline(file, text) ? text : "unknown";
}

std::string now_utc() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  char text[32];
  return {text, std::strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

std::string boost_version() {
  return std::to_string(BOOST_VERSION / 100000) + "." + std::to_string(BOOST_VERSION / 100 % 1000) + "." +
         std::to_string(BOOST_VERSION % 100);
}

} // namespace

nlohmann::ordered_json describe_environment() {
  utsname system{};
  ::uname(&system);
  return {
    {"program", "shardbridge-bench"}, {"shardbridge", SHARDBRIDGE_BENCH_VERSION}, {"date", now_utc()},
        {"kernel", system.release}, {"architecture", system.machine}, {"cpu", cpu_model()},
        {"cores", usable_cpus().size()}, {"governor", governor()},
#if defined(__clang__)
        {"compiler", "clang " __clang_version__},
#else
        {"compiler", "gcc " __VERSION__},
#endif
        {"flags", SHARDBRIDGE_BENCH_FLAGS}, {"liburing", SHARDBRIDGE_BENCH_LIBURING}, {
      "boost", boost_version()
    }
  };
}

nlohmann::ordered_json describe_environment(const target_file& file) {
  auto environment = describe_environment();
  environment["file"] = file.name;
  environment["temporary"] = file.temporary;
  environment["file_system"] = file.file_system;
  environment["size"] = file.size;
  return environment;
}

std::string environment_text(const nlohmann::ordered_json& environment, const char* key) {
  const auto found = environment.find(key);
  if (found == environment.end()) return "?";
  return found->is_string() ? found->get<std::string>() : found->dump();
}

std::string machine_text(const nlohmann::ordered_json& environment) {
  return "Linux " + environment_text(environment, "kernel") + ", " + environment_text(environment, "cpu") + ", " +
         environment_text(environment, "cores") + " cores";
}

} // namespace shardbridge::bench
