#include "ledger.hpp"

#include <numeric>

namespace shardbridge::soak {

std::uint64_t tally::ended() const {
  return std::accumulate(by_outcome.begin(), by_outcome.end(), std::uint64_t{0});
}

std::vector<std::string> unbalanced(const tallies& all) {
  std::vector<std::string> out;
  for (std::size_t each = 0; each < kind_count; ++each) {
    const tally& seen = all[each];
    const std::string name(name_of(static_cast<kind>(each)));
    if (seen.begun != seen.ended())
      out.push_back(name + ": " + std::to_string(seen.begun) + " begun, but " + std::to_string(seen.ended()) +
                    " ended");
    if (seen.doubled != 0) out.push_back(name + ": " + std::to_string(seen.doubled) + " handlers called again");
    // Only contexts that end take handlers with them.
    if (const auto lost = seen.of(outcome::destroyed); lost != 0 && static_cast<kind>(each) != kind::doomed)
      out.push_back(name + ": " + std::to_string(lost) + " ended without being told");
    if (const auto wrong = seen.of(outcome::wrong); wrong != 0)
      out.push_back(name + ": " + std::to_string(wrong) + " ended as nothing explains");
  }
  return out;
}

tallies ledger::read() const {
  tallies out;
  for (std::size_t each = 0; each < kind_count; ++each) {
    out[each].begun = cells_[each].begun.load(std::memory_order_relaxed);
    out[each].doubled = cells_[each].doubled.load(std::memory_order_relaxed);
    for (std::size_t how = 0; how < outcome_count; ++how)
      out[each].by_outcome[how] = cells_[each].by_outcome[how].load(std::memory_order_relaxed);
  }
  return out;
}

} // namespace shardbridge::soak
