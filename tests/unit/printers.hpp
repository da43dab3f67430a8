// Goal: failures that name what was answered instead of a number.
// Method: operator<< for the enums of the library, in their own namespace, where GoogleTest finds it.
#pragma once

#include <bridge/admission.hpp>
#include <bridge/wake_word.hpp>
#include <shard_side/op_fsm.hpp>

#include <cstddef>
#include <initializer_list>
#include <ostream>

namespace shardbridge::detail {

template <class Enum>
std::ostream& print_name(std::ostream& out, Enum value, std::initializer_list<const char*> names) {
  const auto index = static_cast<std::size_t>(value);
  return index < names.size() ? out << names.begin()[index] : out << "value " << index << " of no name";
}

inline std::ostream& operator<<(std::ostream& out, wake_word::published value) {
  return print_name(out, value, {"awake", "wake_owed", "closed"});
}
inline std::ostream& operator<<(std::ostream& out, wake_word::armed value) {
  return print_name(out, value, {"asleep", "missed"});
}
inline std::ostream& operator<<(std::ostream& out, wake_word::disarmed value) {
  return print_name(out, value, {"unclaimed", "wake_coming"});
}
inline std::ostream& operator<<(std::ostream& out, admission_word::taken value) {
  return print_name(out, value, {"taken", "full", "crosses"});
}
inline std::ostream& operator<<(std::ostream& out, admission::acquired value) {
  return print_name(out, value, {"taken", "waiting", "cancelled", "no_room", "too_large", "stopped"});
}
inline std::ostream& operator<<(std::ostream& out, cancel_word::requested value) {
  return print_name(out, value, {"remembered", "send", "nothing_new"});
}
inline std::ostream& operator<<(std::ostream& out, op_fsm::action value) {
  return print_name(out, value, {"wait", "submit_cancel", "settled"});
}
inline std::ostream& operator<<(std::ostream& out, op_fsm::reason value) {
  return print_name(out, value, {"none", "user", "deadline", "stop"});
}
inline std::ostream& operator<<(std::ostream& out, op_code value) {
  return print_name(out, value, {"read",           "write",       "sync_all",     "sync_data",    "open",   "close",
                                 "size",           "resize",      "allocate",     "advise",       "rename", "unlink",
                                 "make_directory", "status",      "call",         "wait_level",   "nop",    "accept",
                                 "connect",        "receive",     "receive_many", "receive_from", "send",   "send_to",
                                 "poll",           "cancel_file", "cancel_bridge"});
}
inline std::ostream& operator<<(std::ostream& out, operation::place value) {
  return print_name(out, value, {"nowhere", "waiting", "waiting_aside", "backlog", "task", "parked", "slot", "held"});
}
inline std::ostream& operator<<(std::ostream& out, operation::delivery value) {
  return print_name(out, value, {"invoke", "post", "immediate", "destroy"});
}
inline std::ostream& operator<<(std::ostream& out, result_kind value) {
  return print_name(out, value, {"success", "system_error", "bridge_error", "end_of_file", "aborted", "already_open"});
}

inline std::ostream& operator<<(std::ostream& out, const op_result& result) {
  return out << result.kind << " error " << result.error << " value " << result.value;
}

} // namespace shardbridge::detail

namespace shardbridge {

inline std::ostream& operator<<(std::ostream& out, pressure_level value) {
  return detail::print_name(out, value, {"normal", "throttled", "suspended"});
}

} // namespace shardbridge
