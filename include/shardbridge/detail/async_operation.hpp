// One operation with its handler: what an initiating function allocates, and how the handler is called in the end.
//
// Life: made and started inside async_initiate; owned by bridge and shard until deliver(); ended on the handler's
// associated executor, where its memory is freed before the handler is called.
#pragma once

#include <shardbridge/detail/bridge_core.hpp>
#include <shardbridge/detail/core_ref.hpp>
#include <shardbridge/detail/file_ref.hpp>
#include <shardbridge/detail/option_layers.hpp>
#include <shardbridge/detail/result.hpp>
#include <shardbridge/permit.hpp>
#include <shardbridge/with_options.hpp>

#include <boost/asio/associated_allocator.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/execution.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/recycling_allocator.hpp>
#if __has_include(<boost/asio/associated_immediate_executor.hpp>) // Boost 1.82
#include <boost/asio/associated_immediate_executor.hpp>
#include <boost/asio/bind_executor.hpp>
#define SHARDBRIDGE_HAS_IMMEDIATE_EXECUTOR
#endif

#include <cerrno>
#include <memory>
#include <new>
#include <optional>
#include <stop_token>
#include <tuple>
#include <type_traits>
#include <utility>

namespace shardbridge::detail {

/// The shard of whoever initiates an operation.
struct own_shard {
  std::size_t index;
  bool only = false; ///< whatever options say of placement, unless they name a sequence
};

/// `Request` says what the operation is and what its handler is told:
///   op_code code
///   file_ref file                               what it works on; may be empty
///   std::optional<op_result> check()            if there is one: its result, where the kernel need not be asked
///   void prepare(operation&)                    fills in what to do
///   void absorb(operation&)                     takes out what the shard left there
///   std::tuple<...> results(const op_result&)   what its handler is given behind the error_code, or
///   void complete(Handler&&, const op_result&)  calls the handler itself
template <class Executor, class Handler, class Request>
class async_operation final : public operation {
 public:
  /// Allocates the operation with the handler's allocator and hands it to `core`. Throws std::bad_alloc. `own`: the
  /// shard that it goes to if it is placed nowhere else. `answered`: its result without going to a shard. `core` is a
  /// reference of its own: once the operation is on its way, another thread may end it and destroy the initiation,
  /// which owns the one that it was copied from.
  static void start(core_ref core, const Executor& executor, Handler&& handler, Request&& asked,
                    const op_options& given, const op_options& defaults, std::chrono::nanoseconds fallback,
                    own_shard own, const std::optional<op_result>& answered) {
    allocator_type allocator = allocator_of(handler);
    async_operation* const made = traits::allocate(allocator, 1);
    try {
      ::new (static_cast<void*>(made)) async_operation(executor, std::move(handler), std::move(asked));
    } catch (...) {
      traits::deallocate(allocator, made, 1);
      throw;
    }
    ending unless_started(*made);
    const option_layers options(given, associated_op_options<Handler>::get(made->handler_), defaults);
    made->times = options.times();
    core->sample(*made);
    made->stamp(&op_times::initiated);
    made->deadline = options.deadline(fallback);
    made->priority = options.priority();
    const bool placed = made->place(*core, options.placing(), own);
    made->connect_cancellation(core, options.stop_token());
    unless_started.dismiss();
    if (!placed)
      core->answer(*made, {result_kind::system_error, EINVAL, 0}, delivery::immediate);
    else if (answered)
      core->answer(*made, *answered, delivery::immediate);
    else if (permit* const taken = options.permit())
      core->initiate(*made, std::move(*taken));
    else
      core->initiate(*made);
  }

 private:
  using associated_executor = boost::asio::associated_executor_t<Handler, Executor>;
  using tracked_executor = std::decay_t<decltype(boost::asio::prefer(
      std::declval<const associated_executor&>(), boost::asio::execution::outstanding_work.tracked))>;
  using allocator_type = typename std::allocator_traits<boost::asio::associated_allocator_t<
      Handler, boost::asio::recycling_allocator<void>>>::template rebind_alloc<async_operation>;
  using traits = std::allocator_traits<allocator_type>;

  static allocator_type allocator_of(const Handler& handler) {
    return allocator_type(boost::asio::get_associated_allocator(handler, boost::asio::recycling_allocator<void>()));
  }

  /// A function object for an executor: ends the operation if called, destroys it if not.
  class ending {
   public:
    explicit ending(async_operation& op) noexcept : op_(&op) {}
    ending(ending&& other) noexcept : op_(std::exchange(other.op_, nullptr)) {}
    ending& operator=(ending&&) = delete;
    ~ending() {
      if (op_ != nullptr) op_->end(false);
    }
    void operator()() { std::exchange(op_, nullptr)->end(true); }
    void dismiss() noexcept { op_ = nullptr; }

   private:
    async_operation* op_;
  };

  struct stop_request {
    std::shared_ptr<bridge_core> core;
    async_operation* op;
    void operator()() const noexcept { core->cancel(*op, cancel_kind::any); }
  };
  using stop_callback = std::stop_callback<stop_request>;

  async_operation(const Executor& executor, Handler&& handler, Request&& asked)
      : operation(asked.code, &async_operation::deliver_this), executor_(executor), handler_(std::move(handler)),
        request_(std::move(asked)) {
    const auto associated = boost::asio::get_associated_executor(handler_, executor_);
    if constexpr (std::is_same_v<associated_executor, Executor>) at_home_ = associated == executor_;
    // At home the bridge's own wait is outstanding work for as long as the operation is.
    if (!at_home_) work_.emplace(boost::asio::prefer(associated, boost::asio::execution::outstanding_work.tracked));
    request_.prepare(*this);
    file = request_.file.get();
    if (file == nullptr) return;
    epoch = file->epoch();
    patient = code == op_code::read && !file->regular;
  }
  ~async_operation() = default;

  bool place(bridge_core& core, const op_options& wanted, own_shard own) noexcept {
    return own.only && wanted.sequence == nullptr ? core.place(*this, own.index) : core.place(*this, wanted, own.index);
  }

  void connect_cancellation(const core_ref& core, const std::stop_token& token) {
    auto slot = boost::asio::get_associated_cancellation_slot(handler_);
    cancellable = slot.is_connected() || token.stop_possible();
    if (slot.is_connected()) {
      slot.assign([core = core.shared(), this](boost::asio::cancellation_type type) {
        if (type == boost::asio::cancellation_type::none) return;
        const bool only_total =
            (type & (boost::asio::cancellation_type::terminal | boost::asio::cancellation_type::partial)) ==
            boost::asio::cancellation_type::none;
        core->cancel(*this, only_total && !only_reads(code) ? cancel_kind::unless_started : cancel_kind::any);
      });
    }
    if (token.stop_possible()) stop_ = std::make_unique<stop_callback>(token, stop_request{core.shared(), this});
  }

  static void deliver_this(operation& base, bridge_core*, delivery how) {
    auto& self = static_cast<async_operation&>(base);
    if (how == delivery::destroy) return self.end(false);
    if (how == delivery::invoke && self.at_home_) return self.end(true);
    const auto associated = boost::asio::get_associated_executor(self.handler_, self.executor_);
    auto call = boost::asio::bind_allocator(
        boost::asio::get_associated_allocator(self.handler_, boost::asio::recycling_allocator<void>()), ending(self));
    if (how == delivery::invoke) return boost::asio::dispatch(associated, std::move(call));
#if defined(SHARDBRIDGE_HAS_IMMEDIATE_EXECUTOR)
    if constexpr (boost::asio::can_require_v<associated_executor, boost::asio::execution::blocking_t::never_t>) {
      if (how == delivery::immediate) {
        // By default one of the handler's that never runs anything at once; from there to the handler's own, if any.
        const auto first = boost::asio::get_associated_immediate_executor(self.handler_, associated);
        const auto then = boost::asio::get_associated_executor(self.handler_, first);
        return boost::asio::dispatch(first, boost::asio::bind_executor(then, std::move(call)));
      }
    }
#endif
    if constexpr (boost::asio::can_require_v<associated_executor, boost::asio::execution::blocking_t::never_t>)
      boost::asio::post(associated, std::move(call));
    else
      boost::asio::post(self.executor_, std::move(call)); // an executor that always runs inline runs it from there
  }

  /// On the associated executor, where the user may use the cancellation slot: whoever cancels from here on finds
  /// nothing.
  void end(bool call) {
    stop_.reset();
    if (call && cancellable) {
      if (auto slot = boost::asio::get_associated_cancellation_slot(handler_); slot.is_connected()) slot.clear();
    }
    allocator_type allocator = allocator_of(handler_);
    Handler handler(std::move(handler_));
    Request asked(std::move(request_));
    [[maybe_unused]] const auto work = std::move(work_);
    asked.absorb(*this);
    const op_result ended = result;
    this->~async_operation();
    traits::deallocate(allocator, this, 1);
    asked.file.reset();
    if (call) complete(std::move(handler), asked, ended);
  }

  static void complete(Handler handler, Request& asked, const op_result& ended) {
    if constexpr (requires { asked.complete(std::move(handler), ended); })
      asked.complete(std::move(handler), ended);
    else
      std::apply([&](auto... results) { std::move(handler)(to_error_code(ended), std::move(results)...); },
                 asked.results(ended));
  }

  const Executor executor_;
  Handler handler_;
  Request request_;
  std::optional<tracked_executor> work_;
  std::unique_ptr<stop_callback> stop_;
  bool at_home_ = false;
};

/// What async_initiate calls: knows the executor, as composed operations and tokens ask for it.
template <class Executor>
class initiation {
 public:
  using executor_type = Executor;

  template <class Core>
  initiation(const std::shared_ptr<Core>& core, const Executor& executor) : core_(core), executor_(executor) {}
  [[nodiscard]] executor_type get_executor() const noexcept { return executor_; }

  /// Whoever keeps it, to initiate once more.
  template <class Handler, class... Asked>
  void operator()(Handler&& handler, Asked&&... asked) const& {
    start(core_, executor_, std::forward<Handler>(handler), std::forward<Asked>(asked)...);
  }
  /// Once, as most tokens do: no count of references is touched again.
  template <class Handler, class... Asked>
  void operator()(Handler&& handler, Asked&&... asked) && {
    start(core_.handed_on(), executor_, std::forward<Handler>(handler), std::forward<Asked>(asked)...);
  }

 private:
  template <class Handler, class Request>
  static void start(core_ref core, const Executor& executor, Handler&& handler, Request request,
                    const op_options& given, const op_options& defaults, std::chrono::nanoseconds fallback,
                    own_shard own, std::optional<op_result> answered) {
    if constexpr (requires { request.check(); }) {
      if (!answered) answered = request.check();
    }
    async_operation<Executor, std::decay_t<Handler>, Request>::start(
        core.handed_on(), executor, std::decay_t<Handler>(std::forward<Handler>(handler)), std::move(request), given,
        defaults, fallback, own, answered);
  }

  core_ref core_;
  Executor executor_;
};

} // namespace shardbridge::detail
