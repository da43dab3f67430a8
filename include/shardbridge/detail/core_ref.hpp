// A reference to a bridge's core for as long as something is initiated. Counting it is an atomic operation each way,
// which an initiating function that a handler of the same bridge calls can spare: who calls the handlers keeps the core
// until they have returned.
#pragma once

#include <shardbridge/detail/bridge_core.hpp>

#include <memory>
#include <utility>

namespace shardbridge::detail {

/// Counted, or borrowed from whoever calls handlers on this thread. A borrowed one must not leave the call that it was
/// made in: copies and moves, by which tokens keep an initiation for later, are counted. Thread-safety: as
/// std::shared_ptr.
class core_ref {
 public:
  template <class Core> // converting one to std::shared_ptr<bridge_core> would count
  explicit core_ref(const std::shared_ptr<Core>& of) : core_(of.get()) {
    if (!of->delivers_here()) counted_ = of;
  }
  core_ref(const core_ref& other) : core_(other.core_), counted_(other.shared()) {}
  core_ref(core_ref&& other) noexcept
      : core_(other.core_), counted_(other.counted_ ? std::move(other.counted_) : other.shared()) {}
  core_ref& operator=(const core_ref&) = delete;
  ~core_ref() = default;

  /// For the rest of this call, and the other is not used again.
  [[nodiscard]] core_ref handed_on() noexcept { return {core_, std::move(counted_)}; }
  /// Counted.
  [[nodiscard]] std::shared_ptr<bridge_core> shared() const { return counted_ ? counted_ : core_->shared_from_this(); }

  [[nodiscard]] bridge_core& operator*() const noexcept { return *core_; }
  [[nodiscard]] bridge_core* operator->() const noexcept { return core_; }

 private:
  core_ref(bridge_core* core, std::shared_ptr<bridge_core>&& counted) noexcept
      : core_(core), counted_(std::move(counted)) {}

  bridge_core* core_;
  std::shared_ptr<bridge_core> counted_; ///< null: borrowed
};

} // namespace shardbridge::detail
