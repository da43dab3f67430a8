#include "setting.hpp"

#include <algorithm>

namespace shardbridge::bench {

std::string name_of(const load_subset& subset) {
  if (subset.all()) return "all";
  std::string name;
  for (std::size_t kind = 0; kind != load_kinds; ++kind)
    if (subset[kind]) name += (name.empty() ? "" : "+") + std::string(load_names[kind]);
  return name;
}

std::vector<load_subset> all_subsets() {
  std::vector<load_subset> all;
  for (unsigned long bits = 1; bits != 1UL << load_kinds; ++bits)
    all.emplace_back(bits);
  std::ranges::stable_sort(all, {}, [](const load_subset& each) { return each.count(); });
  return all;
}

} // namespace shardbridge::bench
