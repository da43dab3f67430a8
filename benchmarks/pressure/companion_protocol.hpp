#pragma once

// How the main program and the one that runs an engine talk: one JSON value a line, over the companion's stdin and
// stdout. First {"run": setting} or {"measure": setting}. The companion answers any number of times
// {"share": s, "doing": text}, and then {"result": round} or {"result": operations a second}; or {"failure": sentence}
// instead. A process for each run, since what one has allocated would count against the next.

namespace shardbridge::bench {

inline constexpr const char* pressure_companion_name = "shardbridge-bench-pressure";

} // namespace shardbridge::bench
