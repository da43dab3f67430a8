// Goal: what must be the same in both ways of watching a deadline is tested in both. Method: a suite of tests with the
// mode as its parameter.
#pragma once

#include "prelude.hpp"

namespace shardbridge::tests {

inline const auto both_timeout_modes = testing::Values(timeout_mode::linked, timeout_mode::timer);

inline std::string name_of_mode(const testing::TestParamInfo<timeout_mode>& tested) {
  return tested.param == timeout_mode::linked ? "linked" : "timer";
}

} // namespace shardbridge::tests
