#pragma once

#include <boost/asio/buffer.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <sys/uio.h>

namespace shardbridge::detail {

/// A buffer sequence as the kernel takes it: empty buffers left out, a few kept without allocating. Does not own the
/// bytes.
class iovec_array {
 public:
  template <class BufferSequence>
  explicit iovec_array(const BufferSequence& buffers) {
    const auto end = boost::asio::buffer_sequence_end(buffers);
    for (auto each = boost::asio::buffer_sequence_begin(buffers); each != end; ++each)
      add(boost::asio::const_buffer(*each));
  }

  [[nodiscard]] iovec* data() noexcept { return more_.empty() ? few_.data() : more_.data(); }
  [[nodiscard]] std::uint32_t size() const noexcept { return count_; }
  [[nodiscard]] std::span<const iovec> all() const noexcept {
    return {more_.empty() ? few_.data() : more_.data(), count_};
  }
  [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }

 private:
  void add(boost::asio::const_buffer buffer) {
    if (buffer.size() == 0) return;
    const iovec entry{const_cast<void*>(buffer.data()), buffer.size()};
    if (count_ == few_.size()) more_.assign(few_.begin(), few_.end());
    if (count_ >= few_.size())
      more_.push_back(entry);
    else
      few_[count_] = entry;
    ++count_;
    bytes_ += buffer.size();
  }

  std::array<iovec, 2> few_{};
  std::vector<iovec> more_;
  std::uint32_t count_ = 0;
  std::uint64_t bytes_ = 0;
};

} // namespace shardbridge::detail
