#pragma once

#include <shardbridge/detail/deadline.hpp>
#include <shardbridge/options.hpp>

#include <boost/asio/associator.hpp>
#include <boost/asio/async_result.hpp>

#include <chrono>
#include <type_traits>
#include <utility>

namespace shardbridge {

template <class T, class Default = const op_options*>
struct associated_op_options;

namespace detail {

/// The same with its timeout as a deadline from now.
inline op_options beginning_now(op_options options) {
  if (!options.timeout || *options.timeout == no_timeout) return options;
  const std::int64_t at = deadline_of(options, no_timeout);
  options.timeout.reset();
  options.deadline = std::chrono::steady_clock::time_point(std::chrono::nanoseconds(at));
  return options;
}

template <class T, class Default, class = void>
struct associated_op_options_impl {
  using type = Default;
  static type get(const T&, Default fallback = nullptr) noexcept { return fallback; }
};
/// What Asio and other libraries wrap around a handler passes on what is associated with it.
template <class T, class Default>
struct associated_op_options_impl<
    T, Default, std::void_t<typename boost::asio::associator<associated_op_options, T, Default>::type>>
    : boost::asio::associator<associated_op_options, T, Default> {};

} // namespace detail

/// The options that with_options() has bound to a handler, through whatever wraps it: what `get(handler)` returns, by
/// default null for none. They are the handler's.
template <class T, class Default>
struct associated_op_options : detail::associated_op_options_impl<T, Default> {};

/// A token, or a handler, with options: see with_options().
template <class T>
class options_binder {
 public:
  /// What with_options() makes.
  options_binder(op_options options, T target) : options_(std::move(options)), target_(std::move(target)) {}

  /// Those that were given; in a handler with the timeout turned into a deadline.
  [[nodiscard]] const op_options& options() const noexcept { return options_; }
  /// What they are bound to.
  [[nodiscard]] T& get() noexcept { return target_; }
  /// The same for reading.
  [[nodiscard]] const T& get() const noexcept { return target_; }

  /// Calls the handler, as an rvalue.
  template <class... Arguments>
  auto operator()(Arguments&&... arguments) -> decltype(std::declval<T>()(std::forward<Arguments>(arguments)...)) {
    return std::move(target_)(std::forward<Arguments>(arguments)...);
  }

 private:
  op_options options_;
  T target_;
};

/** @brief Gives options to every operation that is initiated with the token, composed ones included.
 *  A timeout begins when the whole is initiated, and is one deadline for all its parts: so
 *  `boost::asio::async_read_at(file, 0, buffers, with_options({.timeout = 1s}, token))` takes a second, however many
 * reads it is.
 *  @par Precedence   options given to an initiating function, then these (of several, the outermost), then those of
 * file, bridge and group; where naming either of `timeout` and `deadline` overrides both
 *  @par Lifetime     `options` are copied; what `op_options::times` points to stays the caller's */
template <class Token>
[[nodiscard]] options_binder<std::decay_t<Token>> with_options(op_options options, Token&& token) {
  return {std::move(options), std::forward<Token>(token)};
}

namespace detail {

/// Composed operations and tokens ask an initiation for its executor, if it has one.
template <class Initiation, class = void>
struct executor_of {
  explicit executor_of(const Initiation&) noexcept {}
};
template <class Initiation>
struct executor_of<Initiation, std::void_t<typename Initiation::executor_type>> {
  using executor_type = typename Initiation::executor_type;
  explicit executor_of(const Initiation& initiation) noexcept : executor_(initiation.get_executor()) {}
  [[nodiscard]] executor_type get_executor() const noexcept { return executor_; }

 private:
  executor_type executor_;
};

template <class Initiation>
class initiation_with_options : public executor_of<Initiation> {
 public:
  initiation_with_options(op_options options, Initiation initiation)
      : executor_of<Initiation>(initiation), options_(std::move(options)), initiation_(std::move(initiation)) {}

  template <class Handler, class... Arguments>
  void operator()(Handler&& handler, Arguments&&... arguments) {
    op_options all = beginning_now(std::move(options_));
    if (const op_options* const inner = associated_op_options<std::decay_t<Handler>>::get(handler))
      fill_in(all, *inner);
    std::move(initiation_)(options_binder<std::decay_t<Handler>>(std::move(all), std::forward<Handler>(handler)),
                           std::forward<Arguments>(arguments)...);
  }

 private:
  op_options options_;
  Initiation initiation_;
};

// Asio's own binders and checks look for these, where the result of the bound token has them.
template <class Result, class = void>
struct return_type_of {};
template <class Result>
struct return_type_of<Result, std::void_t<typename Result::return_type>> {
  using return_type = typename Result::return_type;
};
template <class Result, class = void>
struct handler_type_of {};
template <class Result>
struct handler_type_of<Result, std::void_t<typename Result::completion_handler_type>> {
  using completion_handler_type = options_binder<typename Result::completion_handler_type>;
  // Asio's binders name it in a declaration of their own; nobody calls it.
  typename Result::return_type get();
};

} // namespace detail

} // namespace shardbridge

template <class Token, BOOST_ASIO_COMPLETION_SIGNATURE... Signatures>
class boost::asio::async_result<shardbridge::options_binder<Token>, Signatures...>
    : public shardbridge::detail::return_type_of<boost::asio::async_result<Token, Signatures...>>,
      public shardbridge::detail::handler_type_of<boost::asio::async_result<Token, Signatures...>> {
 public:
  template <class Initiation, class Bound, class... Arguments>
  static auto initiate(Initiation&& initiation, Bound&& bound, Arguments&&... arguments) {
    return boost::asio::async_initiate<Token, Signatures...>(
        shardbridge::detail::initiation_with_options<std::decay_t<Initiation>>(bound.options(),
                                                                               std::forward<Initiation>(initiation)),
        bound.get(), std::forward<Arguments>(arguments)...);
  }
};

template <template <class, class> class Associator, class T, class Default>
struct boost::asio::associator<Associator, shardbridge::options_binder<T>, Default> : Associator<T, Default> {
  static typename Associator<T, Default>::type get(const shardbridge::options_binder<T>& bound) noexcept {
    return Associator<T, Default>::get(bound.get());
  }
  static auto get(const shardbridge::options_binder<T>& bound, const Default& fallback) noexcept
      -> decltype(Associator<T, Default>::get(bound.get(), fallback)) {
    return Associator<T, Default>::get(bound.get(), fallback);
  }
};

template <class T, class Default>
struct shardbridge::associated_op_options<shardbridge::options_binder<T>, Default> {
  using type = const op_options*;
  static type get(const options_binder<T>& bound, const Default& = Default()) noexcept { return &bound.options(); }
};
