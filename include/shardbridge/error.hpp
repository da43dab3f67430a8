#pragma once

#include <shardbridge/errc.hpp>

#include <boost/system/error_category.hpp>
#include <boost/system/error_code.hpp>

#include <type_traits>

namespace shardbridge {

/// The category of `errc`. Its codes about time compare equal to `std::errc::timed_out` (not to
/// `boost::asio::error::timed_out`, which is the socket's ETIMEDOUT in the system category). Thread-safe.
const boost::system::error_category& error_category() noexcept;

/// Lets `errc` convert to `boost::system::error_code` implicitly. Thread-safe.
inline boost::system::error_code make_error_code(errc code) noexcept {
  return {static_cast<int>(code), error_category()};
}

} // namespace shardbridge

template <>
struct boost::system::is_error_code_enum<shardbridge::errc> : std::true_type {};
