// Goal: every answer is one that something explains. Method: what an operation can meet is told when it is begun, and
// its error must be one of these.
#pragma once

#include "block_book.hpp"
#include "kinds.hpp"

#include <boost/system/error_code.hpp>

#include <cstddef>
#include <exception>

namespace shardbridge::soak {

/// What an operation may end with, but for success.
struct expectation {
  bool early = false;    ///< it, or what it belongs to, may be cancelled or expire
  bool faults = false;   ///< it works on a file system or with a peer that is broken at times
  bool refusals = false; ///< its bridge is small
  bool stops = false;    ///< its bridge or group may stop
};

/// What the error comes to, `wrong` if nothing that was expected explains it.
outcome outcome_of(const boost::system::error_code& told, const expectation& allowed);
/// The same of what was thrown.
outcome outcome_of(const std::exception_ptr& thrown, const expectation& allowed);
/// In words.
std::string text_of(const std::exception_ptr& thrown);

/// What is known of a write that was answered so. `has_buffer`: it is the caller's again.
fate fate_of(const boost::system::error_code& told, std::size_t written, std::size_t wanted, bool has_buffer);

} // namespace shardbridge::soak
