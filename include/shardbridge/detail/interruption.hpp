#pragma once

#include <shardbridge/detail/result.hpp>
#include <shardbridge/detail/shard_runtime.hpp>

#include <boost/system/system_error.hpp>

namespace shardbridge::detail {

inline void throw_unless_success(const op_result& result, const char* what) {
  if (result.kind != result_kind::success) throw boost::system::system_error(to_error_code(result), what);
}

/// Whether the chain that runs must not wait.
inline bool interrupted(const shard_runtime& on) noexcept {
  return on.interruption().kind != result_kind::success;
}
inline void throw_if_interrupted(const shard_runtime& on, const char* what) {
  throw_unless_success(on.interruption(), what);
}

} // namespace shardbridge::detail
