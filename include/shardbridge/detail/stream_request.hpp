#pragma once

#include <shardbridge/detail/file_calls.hpp>
#include <shardbridge/detail/requests.hpp>

namespace shardbridge::detail {

/// A transfer from a stream's position, which is looked up when it is initiated and moves when it has ended.
struct stream_request : transfer_request {
  [[nodiscard]] std::optional<op_result> check() {
    offset = file->position;
    return transfer_request::check();
  }
  void absorb(operation& op) noexcept {
    transfer_request::absorb(op);
    if (file) advance(*file, code, op.result.value);
  }
};

} // namespace shardbridge::detail
