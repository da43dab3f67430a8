#pragma once

#include <cstddef>
#include <utility>

namespace shardbridge::detail {

/// A counted reference to an object that stays on one thread; the last one deletes it. The object counts in its member
/// `references`, from 0.
template <class T>
class local_ref {
 public:
  local_ref() noexcept = default;
  explicit local_ref(T* object) noexcept : object_(object) {
    if (object_ != nullptr) ++object_->references;
  }
  local_ref(const local_ref& other) noexcept : local_ref(other.object_) {}
  local_ref(local_ref&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  local_ref& operator=(local_ref other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~local_ref() {
    if (object_ != nullptr && --object_->references == 0) delete object_;
  }

  T* operator->() const noexcept { return object_; }
  T& operator*() const noexcept { return *object_; }
  explicit operator bool() const noexcept { return object_ != nullptr; }

 private:
  T* object_ = nullptr;
};

} // namespace shardbridge::detail
