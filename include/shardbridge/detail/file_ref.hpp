#pragma once

#include <shardbridge/detail/bridge_core.hpp>
#include <shardbridge/detail/descriptor.hpp>

#include <utility>

namespace shardbridge::detail {

/// A counted reference to an open file.
class file_ref {
 public:
  file_ref() noexcept = default;
  /// Takes the caller's reference over.
  explicit file_ref(descriptor* file) noexcept : file_(file) {}
  file_ref(const file_ref& other) noexcept : file_(other.file_) {
    if (file_ != nullptr) file_->add_reference();
  }
  file_ref(file_ref&& other) noexcept : file_(std::exchange(other.file_, nullptr)) {}
  file_ref& operator=(file_ref other) noexcept {
    std::swap(file_, other.file_);
    return *this;
  }
  ~file_ref() { reset(); }

  void reset() noexcept {
    if (descriptor* const file = std::exchange(file_, nullptr)) bridge_core::release(*file);
  }

  [[nodiscard]] descriptor* get() const noexcept { return file_; }
  descriptor* operator->() const noexcept { return file_; }
  descriptor& operator*() const noexcept { return *file_; }
  explicit operator bool() const noexcept { return file_ != nullptr; }

 private:
  descriptor* file_ = nullptr;
};

} // namespace shardbridge::detail
