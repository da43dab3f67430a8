#include "errors.hpp"

#include <shardbridge/errc.hpp>
#include <shardbridge/error.hpp>

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <cerrno>

namespace shardbridge::soak {
namespace {

/// Those of random_faults.hpp, and what a peer that resets its connection leads to.
bool is_fault(int number) {
  return number == EIO || number == ENOSPC || number == EINTR || number == ECONNRESET || number == EPIPE;
}

} // namespace

outcome outcome_of(const boost::system::error_code& told, const expectation& allowed) {
  if (!told) return outcome::ok;
  if (told == boost::asio::error::operation_aborted || told == errc::outcome_unknown)
    return allowed.early || (allowed.stops && told == errc::outcome_unknown) ? outcome::cancelled : outcome::wrong;
  if (told == boost::system::errc::timed_out && told.category() != boost::system::system_category())
    return allowed.early ? outcome::timed_out : outcome::wrong;
  if (told == errc::no_room || told == errc::too_large) return allowed.refusals ? outcome::rejected : outcome::wrong;
  if (told == errc::stopped) return allowed.stops ? outcome::stopped : outcome::wrong;
  const bool fault = (told.category() == boost::system::system_category() && is_fault(told.value())) ||
                     told == boost::asio::error::broken_pipe || told == boost::asio::error::eof;
  return fault && allowed.faults ? outcome::injected : outcome::wrong;
}

outcome outcome_of(const std::exception_ptr& thrown, const expectation& allowed) {
  if (!thrown) return outcome::ok;
  try {
    std::rethrow_exception(thrown);
  } catch (const boost::system::system_error& told) {
    return outcome_of(told.code(), allowed);
  } catch (...) {
    return outcome::wrong;
  }
}

std::string text_of(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& told) {
    return told.what();
  } catch (...) {
    return "something that is no std::exception";
  }
}

fate fate_of(const boost::system::error_code& told, std::size_t written, std::size_t wanted, bool has_buffer) {
  if (!told) return written == wanted ? fate::done : fate::unknown;
  if (!has_buffer) return fate::late;
  const bool never_begun = told == errc::no_room || told == errc::too_large || told == errc::stopped ||
                           told == errc::expired_waiting || told == errc::expired_queued ||
                           told == boost::asio::error::operation_aborted;
  return never_begun && written == 0 ? fate::not_done : fate::unknown;
}

} // namespace shardbridge::soak
