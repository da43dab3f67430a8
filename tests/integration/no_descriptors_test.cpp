// Goal: a process that has no descriptors left is told so where it makes a group or a bridge, and goes on when there
// are some again. Method: a limit of zero while the object is made.
#include "support/service.hpp"

#include <temporary_folder.hpp>

#include <cerrno>
#include <functional>
#include <system_error>

#include <sys/resource.h>

namespace shardbridge::tests {
namespace {

/// No descriptor can be made while it lives.
class no_descriptors {
 public:
  no_descriptors() {
    EXPECT_EQ(::getrlimit(RLIMIT_NOFILE, &before_), 0);
    const rlimit none{0, before_.rlim_max};
    EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  }
  ~no_descriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  no_descriptors(const no_descriptors&) = delete;
  no_descriptors& operator=(const no_descriptors&) = delete;

 private:
  rlimit before_{};
};

/// The errno that `make` throws without descriptors; 0 if it does not. The limit is lifted before the exception is
/// looked at.
int thrown_by(const std::function<void()>& make) {
  try {
    const no_descriptors none;
    make();
  } catch (const std::system_error& failed) {
    return failed.code().value();
  }
  return 0;
}

TEST(errors_are_clear, a_bridge_without_descriptors_says_so) {
  service all; // has made what Asio needs
  EXPECT_EQ(thrown_by([&] { bridge(all.context, all.group); }), EMFILE);
  bridge later(all.context, all.group);
  const fixtures::temporary_folder folder;
  random_access_file file(later, folder.make_file("file", 10), open_flags::read_only);
  EXPECT_TRUE(all.complete([&](auto h) { file.async_size(h); }).succeeded());
}

TEST(errors_are_clear, a_group_without_descriptors_says_so) {
  EXPECT_EQ(thrown_by([] { shard_group(); }), EMFILE);
  EXPECT_EQ(shard_group().size(), 1U);
}

} // namespace
} // namespace shardbridge::tests
