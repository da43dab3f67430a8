#include "memory_use.hpp"

#include "../common/failure.hpp"

#include <sstream>
#include <string>

namespace shardbridge::bench {

memory_use operator-(const memory_use& after, const memory_use& before) {
  memory_use out{.own = after.own - before.own, .rings = after.rings - before.rings, .kernel = {}};
  if (after.kernel && before.kernel) out.kernel = *after.kernel - *before.kernel;
  return out;
}

memory_use operator/(const memory_use& of, std::int64_t parts) {
  memory_use out{.own = of.own / parts, .rings = of.rings / parts, .kernel = {}};
  if (of.kernel) out.kernel = *of.kernel / parts;
  return out;
}

memory_use memory_from_smaps(std::istream& smaps) {
  memory_use out;
  bool of_ring = false;
  bool any = false;
  for (std::string line; std::getline(smaps, line);) {
    std::istringstream words(line);
    std::string name;
    words >> name;
    if (!name.ends_with(':')) { // the first line of a mapping
      of_ring = line.ends_with("anon_inode:[io_uring]");
      any = true;
      continue;
    }
    const bool counts = name == "Anonymous:" || (of_ring && name == "Rss:");
    if (!counts) continue;
    std::int64_t kib = 0;
    if (!(words >> kib)) throw run_failure("/proc/self/smaps cannot be understood: '" + line + "'");
    (name == "Anonymous:" ? out.own : out.rings) += kib * 1024;
  }
  if (!any) throw run_failure("/proc/self/smaps cannot be read");
  return out;
}

} // namespace shardbridge::bench
