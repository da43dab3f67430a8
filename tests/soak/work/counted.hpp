// Goal: every handler is counted when it is called, whatever waits behind it. Method: a handler around the handler that
// a coroutine or a burst gives, with a ticket, and all that is associated with the inner one.
#pragma once

#include "../decisions/errors.hpp"
#include "../decisions/findings.hpp"
#include "../decisions/ledger.hpp"
#include "prelude.hpp"

#include <tuple>

namespace shardbridge::soak {

/// Where the work of one group is counted, and what is wrong is told.
struct accounts {
  ledger book;
  findings& wrong;
  std::string name; ///< of what the group runs on

  /// Ends the ticket with what was told; tells of what nothing explains.
  template <class Told>
  void settle(ticket& which, const Told& told, const expectation& allowed) {
    const outcome how = outcome_of(told, allowed);
    which.end(how);
    if (how != outcome::wrong) return;
    wrong.add(name + ": " + std::string(name_of(which.what())) + ": ended with " + words(told));
  }
  void tell(const std::string& sentence) { wrong.add(name + ": " + sentence); }

 private:
  static std::string words(const error_code& told) { return told.what(); }
  static std::string words(const std::exception_ptr& told) { return text_of(told); }
};

template <class Handler>
class counted_handler {
 public:
  counted_handler(accounts& to, kind what, const expectation& allowed, Handler inner)
      : to_(&to), ticket_(to.book, what), allowed_(allowed), inner_(std::move(inner)) {}

  template <class Told, class... Rest>
  void operator()(Told told, Rest... rest) {
    to_->settle(ticket_, told, allowed_);
    std::move(inner_)(std::move(told), std::move(rest)...);
  }

  [[nodiscard]] const Handler& inner() const noexcept { return inner_; }

 private:
  accounts* to_;
  ticket ticket_;
  expectation allowed_;
  Handler inner_;
};

/// Awaited: what `begin(handler)` initiates, as a tuple of Args.
template <class... Args, class Begin>
auto counted(accounts& to, kind what, const expectation& allowed, Begin begin) {
  const auto initiate = [&to, what, allowed, begin](auto handler) {
    begin(counted_handler<decltype(handler)>(to, what, allowed, std::move(handler)));
  };
  return asio::async_initiate<const asio::as_tuple_t<asio::use_awaitable_t<>>, void(Args...)>(
      initiate, asio::as_tuple(asio::use_awaitable));
}

} // namespace shardbridge::soak

template <template <class, class> class Associator, class Handler, class Default>
struct boost::asio::associator<Associator, shardbridge::soak::counted_handler<Handler>, Default>
    : Associator<Handler, Default> {
  static typename Associator<Handler, Default>::type
  get(const shardbridge::soak::counted_handler<Handler>& of) noexcept {
    return Associator<Handler, Default>::get(of.inner());
  }
  static auto get(const shardbridge::soak::counted_handler<Handler>& of, const Default& fallback) noexcept
      -> decltype(Associator<Handler, Default>::get(of.inner(), fallback)) {
    return Associator<Handler, Default>::get(of.inner(), fallback);
  }
};
