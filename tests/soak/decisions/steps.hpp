// Which step comes next: drawn from the dice of the step alone, so that a seed replays them.
#pragma once

#include "dice.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace shardbridge::soak {

/// What a stripe of a file is worked on with.
enum class file_step {
  read,
  write,
  owned_read,
  owned_write,
  composed_read,
  composed_write,
  synced,
  sync,
  size,
  advise
};

/// How an operation is meant to be ended before its time, if it is.
enum class ending { none, timeout, stop_token, slot };

struct file_plan {
  file_step what = file_step::read;
  std::uint32_t first = 0; ///< block of the stripe
  std::uint32_t count = 1; ///< blocks
  bool vectored = false;   ///< in several buffers, of odd sizes
  bool high = false;       ///< priority
  bool permit = false;     ///< with one taken before
  ending early = ending::none;
  std::chrono::microseconds timeout{}; ///< where `early` says so
};

inline file_plan draw_file_step(dice& chance, std::uint32_t blocks) {
  constexpr file_step often[] = {file_step::read,          file_step::write,          file_step::read,
                                 file_step::write,         file_step::owned_read,     file_step::owned_write,
                                 file_step::composed_read, file_step::composed_write, file_step::synced,
                                 file_step::sync,          file_step::size,           file_step::advise};
  file_plan out;
  out.what = often[chance.roll(std::size(often))];
  out.first = static_cast<std::uint32_t>(chance.roll(blocks));
  out.count = 1 + static_cast<std::uint32_t>(chance.roll(blocks - out.first));
  out.vectored = chance.one_in(3);
  out.high = chance.one_in(4);
  out.permit = chance.one_in(8);
  // Most of what is drawn runs to its end: what is done must be verified too.
  if (chance.one_in(6)) {
    constexpr ending all[] = {ending::timeout, ending::stop_token, ending::slot};
    out.early = all[chance.roll(std::size(all))];
    out.timeout = std::chrono::microseconds(chance.one_in(4) ? chance.roll(20'000) : chance.roll(300));
  }
  return out;
}

} // namespace shardbridge::soak
