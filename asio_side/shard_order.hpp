#pragma once

#include <shardbridge/detail/bridge_core.hpp>
#include <shardbridge/detail/descriptor.hpp>

namespace shardbridge::detail {

/// Tells one shard to cancel many. It belongs to that shard and is not counted.
class shard_order final : public operation {
 public:
  shard_order(op_code what, descriptor* meant) : operation(what, &finish) {
    silent = true;
    file = meant;
    if (file != nullptr) file->add_reference();
  }

 private:
  ~shard_order() = default;
  static void finish(operation& op, bridge_core*, delivery) {
    if (op.file != nullptr) bridge_core::release(*op.file);
    delete static_cast<shard_order*>(&op);
  }
};

} // namespace shardbridge::detail
