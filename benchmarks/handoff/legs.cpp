#include "legs.hpp"

namespace shardbridge::bench {

leg_times legs_of(const op_times& passed, std::chrono::steady_clock::time_point handled) {
  constexpr std::chrono::steady_clock::time_point never{};
  leg_times legs;
  auto& [request_wait, ring, reply_wait, handler] = legs;
  const bool delivered = passed.delivered != never;
  if (passed.taken != never) request_wait = passed.taken - passed.initiated;
  if (passed.submitted != never) ring = passed.completed - passed.taken;
  if (passed.completed != never) reply_wait = (delivered ? passed.delivered : handled) - passed.completed;
  if (delivered) handler = handled - passed.delivered;
  return legs;
}

} // namespace shardbridge::bench
