// Goal: a file system that misbehaves on demand under a service. Method: it is mounted before the service starts its
// threads, as fuse_fixture asks; derive a test class from this one and construct the service later.
#pragma once

#include "service.hpp"

#include <fuse_fixture.hpp>
#include <temporary_folder.hpp>

#include <optional>

namespace shardbridge::tests {

using fixtures::fuse_op;

template <class Base = testing::Test>
class with_fuse : public Base {
 protected:
  void SetUp() override {
    if (const std::string& reason = fixtures::fuse_fixture::why_unavailable(); !reason.empty()) GTEST_SKIP() << reason;
    fuse.emplace();
  }
  void TearDown() override {
    // Whatever a failed test left hanging must not hold up the destructors.
    if (!fuse) return;
    fuse->clear();
    fuse->release();
  }

  std::optional<fixtures::fuse_fixture> fuse;
};

} // namespace shardbridge::tests
