// The requests behind the operations of files: what each asks of a shard, and what its handler is told.
#pragma once

#include <shardbridge/detail/file_ref.hpp>
#include <shardbridge/detail/iovecs.hpp>
#include <shardbridge/detail/result.hpp>
#include <shardbridge/detail/transfer_check.hpp>
#include <shardbridge/open_flags.hpp>
#include <shardbridge/owned_buffer.hpp>
#include <shardbridge/pressure_level.hpp>
#include <shardbridge/synced_write.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

namespace shardbridge::detail {

/// Read or write: void(error_code, std::size_t).
struct transfer_request {
  op_code code;
  file_ref file;
  std::uint64_t offset;
  iovec_array buffers;
  std::unique_ptr<bounce> by_way_of{}; ///< an aligned buffer, where the others are not

  [[nodiscard]] std::optional<op_result> check() {
    return check_transfer(*file, code, offset, buffers.all(), by_way_of);
  }
  void prepare(operation& op) noexcept {
    if (by_way_of) {
      op.buffer = &by_way_of->buffer();
      op.offset = by_way_of->offset();
      op.iovecs = &by_way_of->whole();
      op.iovec_count = 1;
      op.bytes = op.iovecs->iov_len;
      return;
    }
    op.offset = offset;
    op.iovecs = buffers.data();
    op.iovec_count = buffers.size();
    op.bytes = buffers.bytes();
  }
  void absorb(operation& op) noexcept {
    if (by_way_of) by_way_of->finish(code, op.result, buffers.all());
  }
  std::tuple<std::size_t> results(const op_result& ended) noexcept { return {ended.value}; }
};

/// Write and sync as one: void(error_code, synced_write).
struct synced_write_request : transfer_request {
  static constexpr bool tells_errors = true; ///< in its result
  linked_sync then;

  [[nodiscard]] std::optional<op_result> check() {
    if (buffers.bytes() == 0) return std::nullopt; // there is still something to sync
    return transfer_request::check();
  }
  void prepare(operation& op) noexcept {
    transfer_request::prepare(op);
    op.then = &then;
  }
  std::tuple<synced_write> results(const op_result& ended) noexcept {
    if (then.written) return {{.write = {}, .bytes = then.bytes, .sync = to_error_code(ended)}};
    return {{.write = to_error_code(ended), .bytes = ended.value, .sync = boost::asio::error::operation_aborted}};
  }
};

/// A transfer with a buffer that goes along: void(error_code, std::size_t, owned_buffer).
struct owned_transfer_request {
  op_code code;
  file_ref file;
  std::uint64_t offset;
  owned_buffer buffer;
  iovec whole{};

  [[nodiscard]] std::optional<op_result> check() {
    const iovec all{buffer.data(), buffer.size()};
    std::unique_ptr<bounce> unused;
    return check_transfer(*file, code, offset, {&all, 1}, unused);
  }
  void prepare(operation& op) noexcept {
    whole = {buffer.data(), buffer.size()};
    op.buffer = &buffer;
    op.offset = offset;
    op.iovecs = &whole;
    op.iovec_count = 1;
    op.bytes = whole.iov_len;
  }
  void absorb(operation&) noexcept {}
  std::tuple<std::size_t, owned_buffer> results(const op_result& ended) noexcept {
    return {ended.value, std::move(buffer)};
  }
};

/// Sync, resize, allocate, advise or close: void(error_code).
struct plain_request {
  op_code code;
  file_ref file{};
  std::uint64_t offset = 0; ///< the new size for resize
  std::uint64_t length = 0;
  std::int32_t mode = 0; ///< an allocate_mode or a file_advice

  void prepare(operation& op) noexcept {
    op.offset = offset;
    op.length = length;
    op.mode = mode;
  }
  void absorb(operation&) noexcept {}
  std::tuple<> results(const op_result&) noexcept { return {}; }
};

/// void(error_code). The file is open when the handler runs.
struct open_request {
  op_code code = op_code::open;
  file_ref file;
  std::string path;
  open_flags flags;

  void prepare(operation& op) {
    op.mode = static_cast<std::int32_t>(flags);
    op.arguments =
        std::make_unique<kernel_arguments>(kernel_arguments{.path = std::move(path), .status = {}, .new_path = {}});
  }
  void absorb(operation& op) noexcept {
    if (op.result.kind != result_kind::success) return;
    file->learn(op.arguments->status, (flags & open_flags::direct) == open_flags::direct);
    file->append = (flags & open_flags::append) == open_flags::append;
    file->set(static_cast<int>(op.result.value));
  }
  std::tuple<> results(const op_result&) noexcept { return {}; }
};

/// void(error_code, std::uint64_t).
struct size_request {
  op_code code = op_code::size;
  file_ref file;
  std::uint64_t size = 0;

  void prepare(operation& op) { op.arguments = std::make_unique<kernel_arguments>(); }
  void absorb(operation& op) noexcept {
    if (op.result.kind == result_kind::success) size = op.arguments->status.stx_size;
  }
  std::tuple<std::uint64_t> results(const op_result&) noexcept { return {size}; }
};

/// The bridge's level of pressure: void(error_code).
struct level_request {
  static constexpr op_code code = op_code::wait_level;
  file_ref file;
  pressure_level at_most;

  void prepare(operation& op) const noexcept { op.offset = static_cast<std::uint64_t>(at_most); }
  void absorb(operation&) noexcept {}
  std::tuple<> results(const op_result&) noexcept { return {}; }
};

} // namespace shardbridge::detail
