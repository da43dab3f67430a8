#include "growth.hpp"

#include <algorithm>

namespace shardbridge::soak {
namespace {

std::string mebibytes(std::uint64_t bytes) {
  const std::uint64_t tenths = bytes * 10 >> 20;
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " MiB";
}

std::optional<std::string> growth_of(const char* what, std::span<const memory_sample> samples,
                                     std::uint64_t memory_sample::*member, std::uint64_t bound) {
  // The least of the first half against the last: a peak at either end must neither hide nor be a leak.
  const auto half = samples.first((samples.size() + 1) / 2);
  const std::uint64_t from = (*std::ranges::min_element(half, {}, member)).*member;
  const auto end = samples.last(std::min<std::size_t>(samples.size(), 2));
  const std::uint64_t to = (*std::ranges::min_element(end, {}, member)).*member;
  if (to <= from + bound) return std::nullopt;
  return std::string(what) + " has grown from " + mebibytes(from) + " to " + mebibytes(to) + ", by more than " +
         mebibytes(bound);
}

} // namespace

std::size_t warm_up_of(std::size_t samples) {
  return std::max<std::size_t>(samples / 4, 1);
}

std::optional<std::string> growth_in(std::span<const memory_sample> samples, const growth_bounds& bounds) {
  const std::size_t skipped = warm_up_of(samples.size());
  if (samples.size() < skipped + 3) return std::nullopt;
  const auto warm = samples.subspan(skipped);
  if (auto heap = growth_of("the heap in use", warm, &memory_sample::heap, bounds.heap)) return heap;
  return growth_of("resident memory", warm, &memory_sample::rss, bounds.rss);
}

} // namespace shardbridge::soak
