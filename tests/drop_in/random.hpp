// Random trees and numbers, from a seed that a failed test prints.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>

namespace shardbridge::tests {

class random_source {
 public:
  explicit random_source(std::uint64_t seed) : engine_(seed) {}

  /// 0 to `most`.
  std::uint64_t upto(std::uint64_t most) { return std::uniform_int_distribution<std::uint64_t>(0, most)(engine_); }
  /// Of every order of magnitude.
  std::uint64_t size(unsigned bits) { return upto((std::uint64_t{1} << upto(bits)) - 1); }
  std::string bytes(std::size_t count) {
    std::string out(count, '\0');
    for (char& each : out)
      each = static_cast<char>(engine_());
    return out;
  }

 private:
  std::mt19937_64 engine_;
};

/// So many files of 0 to 256 KiB in folders of folders, with links among them and modes of their own.
inline void make_tree(random_source& random, const std::filesystem::path& root, int files) {
  namespace fs = std::filesystem;
  fs::path folder = root;
  fs::create_directory(root);
  for (int each = 0; each < files; ++each) {
    const std::string number = std::to_string(each);
    if (random.upto(4) == 0) {
      folder = random.upto(2) == 0 ? root : folder;
      folder /= "folder " + number;
      fs::create_directory(folder);
    }
    const fs::path file = folder / number;
    std::ofstream(file, std::ios::binary) << random.bytes(random.size(18));
    fs::permissions(file, static_cast<fs::perms>(0400 | random.upto(0377)));
    if (random.upto(4) == 0) fs::create_symlink(number, folder / ("link " + number));
  }
}

} // namespace shardbridge::tests
