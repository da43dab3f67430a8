#pragma once

#include <shardbridge/detail/intrusive_list.hpp>
#include <shardbridge/detail/operation.hpp>

namespace shardbridge::detail {

class operation_list : public intrusive_list<operation> {};

} // namespace shardbridge::detail
