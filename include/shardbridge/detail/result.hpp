#pragma once

#include <shardbridge/detail/operation.hpp>
#include <shardbridge/error.hpp>

#include <boost/asio/error.hpp>
#include <boost/system/error_code.hpp>

namespace shardbridge::detail {

inline boost::system::error_code to_error_code(const op_result& result) noexcept {
  switch (result.kind) {
  case result_kind::success:
    return {};
  case result_kind::system_error:
    return {result.error, boost::system::system_category()};
  case result_kind::bridge_error:
    return static_cast<errc>(result.error);
  case result_kind::end_of_file:
    return boost::asio::error::eof;
  case result_kind::aborted:
    return boost::asio::error::operation_aborted;
  case result_kind::already_open:
    return boost::asio::error::already_open;
  }
  return {};
}

} // namespace shardbridge::detail
