#include "resident_memory.hpp"

#include "../common/failure.hpp"

#include <unistd.h>

#include <fstream>
#include <sstream>

namespace shardbridge::bench {

std::uint64_t resident_from_statm(const std::string& line, std::uint64_t page_size) {
  std::istringstream words(line);
  std::uint64_t total = 0;
  std::uint64_t resident = 0;
  if (!(words >> total >> resident)) throw run_failure("/proc/self/statm cannot be understood: '" + line + "'");
  return resident * page_size;
}

std::uint64_t resident_memory() {
  std::ifstream file("/proc/self/statm");
  std::string line;
  std::getline(file, line);
  return resident_from_statm(line, static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)));
}

} // namespace shardbridge::bench
