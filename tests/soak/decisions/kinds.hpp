// What the soak counts: kinds of work, and how a piece of it can end.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace shardbridge::soak {

enum class kind : std::size_t {
  read,        ///< of verified blocks, one buffer or several
  write,       ///< likewise
  owned,       ///< reads and writes with a buffer that goes along
  composed,    ///< asio::async_read_at and async_write_at with one deadline
  synced,      ///< writes that are synced
  sync,        ///< and sizes, advice
  copy,        ///< async_copy
  open_close,  ///< of files
  path,        ///< stat, rename, unlink, mkdir
  nop,         ///< bursts on bridges that wait or refuse
  level,       ///< waits for a level of pressure
  doomed,      ///< initiated on a bridge, group or context that ends meanwhile
  bridge_life, ///< bridges made and destroyed
  group_life,  ///< groups made, stopped and destroyed
  call,        ///< async_call
  task,        ///< spawned, aborted, joined, raced, timed
  channel,     ///< pipelines of tasks
  remote,      ///< shard::call
  shard_file,  ///< files of code on shards
  stream,      ///< TCP connections, both ends
  datagram,    ///< UDP
  notify,      ///< posts of a notifier
};
inline constexpr std::size_t kind_count = static_cast<std::size_t>(kind::notify) + 1;

enum class outcome : std::size_t {
  ok,
  injected,  ///< with the error of a fault that the soak has put there
  cancelled, ///< `operation_aborted`, `outcome_unknown`
  timed_out, ///< at its deadline
  rejected,  ///< no room, too large
  stopped,   ///< by the end of its bridge or group
  destroyed, ///< uncalled, with its execution context
  wrong,     ///< nothing explains it
};
inline constexpr std::size_t outcome_count = static_cast<std::size_t>(outcome::wrong) + 1;

constexpr std::string_view name_of(kind which) {
  constexpr std::array<std::string_view, kind_count> names{
      "read",    "write",       "owned buffer", "composed", "synced write", "sync",        "copy", "open, close",
      "path",    "nop",         "level",        "doomed",   "bridge",       "group",       "call", "task",
      "channel", "shard::call", "shard file",   "stream",   "datagram",     "notification"};
  return names[static_cast<std::size_t>(which)];
}

constexpr std::string_view name_of(outcome which) {
  constexpr std::array<std::string_view, outcome_count> names{"ok",       "injected", "cancelled", "timed out",
                                                              "rejected", "stopped",  "destroyed", "wrong"};
  return names[static_cast<std::size_t>(which)];
}

} // namespace shardbridge::soak
