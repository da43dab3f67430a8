// The requests behind the operations on paths: what each asks of a shard, and what its handler is told.
#pragma once

#include <shardbridge/detail/file_ref.hpp>
#include <shardbridge/file_status.hpp>

#include <memory>
#include <string>
#include <tuple>
#include <utility>

namespace shardbridge::detail {

/// Rename, unlink, make a folder: void(error_code).
struct path_request {
  op_code code;
  file_ref file;
  std::string path;
  std::string new_path;

  void prepare(operation& op) {
    op.mode = 0777;
    op.arguments = std::make_unique<kernel_arguments>(
        kernel_arguments{.path = std::move(path), .status = {}, .new_path = std::move(new_path)});
  }
  void absorb(operation&) noexcept {}
  std::tuple<> results(const op_result&) noexcept { return {}; }
};

/// void(error_code, file_status).
struct status_request {
  op_code code = op_code::status;
  file_ref file;
  std::string path;
  file_status found{};

  void prepare(operation& op) {
    op.arguments =
        std::make_unique<kernel_arguments>(kernel_arguments{.path = std::move(path), .status = {}, .new_path = {}});
  }
  void absorb(operation& op) {
    if (op.result.kind == result_kind::success) found = status_of(op.arguments->status);
  }
  std::tuple<file_status> results(const op_result&) noexcept { return {found}; }

  static file_status status_of(const struct ::statx& from) noexcept;
};

} // namespace shardbridge::detail
