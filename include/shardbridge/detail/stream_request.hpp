#pragma once

#include <shardbridge/detail/file_calls.hpp>
#include <shardbridge/detail/requests.hpp>

namespace shardbridge::detail {

/// A transfer from a stream's position, which is looked up when it is initiated and moves when it has ended.
struct stream_request : transfer_request {
  void prepare(operation& op) noexcept {
    if (file) offset = file->position;
    transfer_request::prepare(op);
  }
  void absorb(operation& op) noexcept {
    if (file) advance(*file, code, op.result.value);
  }
};

} // namespace shardbridge::detail
