// Goal: kill_load.hpp, for as long as somebody likes: kv_server_kill_runs [--kills N] [--seed N] [--shards N]
// [--network NAME] [--data FOLDER]
#include "kill_load.hpp"

#include "temporary_folder.hpp"

#include <cstdint>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <random>
#include <string>
#include <string_view>

int main(int argc, char** argv) {
  std::size_t kills = 200;
  std::uint64_t seed = std::random_device{}();
  std::string shards = "2";
  std::string network = "asio";
  std::string data;
  for (int i = 1; i < argc; i += 2) {
    const std::string_view name = argv[i];
    if (i + 1 == argc ||
        (name != "--kills" && name != "--seed" && name != "--shards" && name != "--network" && name != "--data")) {
      std::cerr
          << "usage: kv_server_kill_runs [--kills N] [--seed N] [--shards N] [--network asio|shards] [--data FOLDER]\n";
      return 2;
    }
    const std::string value = argv[i + 1];
    if (name == "--kills") kills = std::strtoull(value.c_str(), nullptr, 10);
    if (name == "--seed") seed = std::strtoull(value.c_str(), nullptr, 10);
    if (name == "--shards") shards = value;
    if (name == "--network") network = value;
    if (name == "--data") data = value;
  }
  try {
    const shardbridge::fixtures::temporary_folder folder;
    if (data.empty()) data = folder.path() / "data";
    std::cout << "seed " << seed << std::endl;
    kv_server::kill_load load(
        data, {"--network", network, "--shards", shards, "--segment-bytes", "128K", "--garbage-ratio", "0.3"}, seed);
    const auto report = load.run(kills);
    for (const std::string& each : report.losses)
      std::cout << "lost: " << each << '\n';
    std::cout << report.kills << " kills, " << report.checked << " keys checked, of " << report.acknowledged
              << " of them the last write before the kill was acknowledged, " << report.compacted_segments
              << " segments compacted, " << report.torn_bytes << " torn bytes cut, " << report.losses.size()
              << " losses\n";
    return report.losses.empty() ? 0 : 1;
  } catch (const std::exception& problem) {
    std::cerr << "kv_server_kill_runs: " << problem.what() << '\n';
    return 1;
  }
}
