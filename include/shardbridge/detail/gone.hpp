#pragma once

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

namespace shardbridge::detail {

/// What a task waited for cannot come any more, because of another task.
[[noreturn]] inline void throw_gone(const char* what) {
  throw boost::system::system_error(make_error_code(boost::asio::error::broken_pipe), what);
}

} // namespace shardbridge::detail
