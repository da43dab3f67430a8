// Goal: memory of a registered pool is used as such, by owned buffers and by spans of them alike, and where the kernel
// does not lock it everything works as before, and the group says why. Method: shards count what is registered; a
// thread without the right to lock memory.
#include "support/service.hpp"

#include <temporary_folder.hpp>

#include <array>
#include <cstring>

#include <linux/capability.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace shardbridge::tests {
namespace {

constexpr std::size_t page = 4096;

std::uint64_t registered(const service& of) {
  std::uint64_t out = 0;
  for (const shard_stats& each : of.group.stats())
    out += each.submissions_registered;
  return out;
}

class registered_pools : public testing::Test {
 protected:
  /// Without a ring there is nothing to register them with: then none.
  std::uint64_t if_registered(std::uint64_t count) const {
    return all.group.backend_in_use() == backend::io_uring ? count : 0;
  }

  const fixtures::temporary_folder folder;
  const std::string path = folder.make_file("file", 4 * page);
  std::unique_ptr<buffer_pool> pool = std::make_unique<buffer_pool>(buffer_pool_options{.bytes = 1U << 20U});
  buffer_pool other{{.bytes = 1U << 20U}};
  service all{{.shards = 2, .registered_pools = {pool.get(), &other}}};
  random_access_file file{all.link, path, open_flags::read_write};
};

TEST_F(registered_pools, serve_owned_buffers) {
  if (all.group.backend_in_use() == backend::io_uring) {
    ASSERT_EQ(all.group.backend_reason().find("registered"), std::string::npos) << all.group.backend_reason();
  } else {
    ASSERT_NE(all.group.backend_reason().find("pools are not registered"), std::string::npos);
  }
  for (const std::size_t shard : {0U, 1U}) {
    file.async_read_some_at(page, pool->allocate(page), {.shard = shard},
                            [](const error_code& failed, std::size_t bytes, const owned_buffer& given) {
                              EXPECT_FALSE(failed);
                              EXPECT_EQ(bytes, page);
                              EXPECT_EQ(std::memcmp(given.data(), fixtures::make_pattern(2 * page).data() + page, page),
                                        0);
                            });
    ASSERT_TRUE(all.finish());
  }
  EXPECT_EQ(registered(all), if_registered(2U));
}

TEST_F(registered_pools, serve_spans_that_lie_in_a_buffer) {
  owned_buffer kept = other.allocate(4 * page);
  const auto part = asio::buffer(kept.data() + 5, 2 * page);
  EXPECT_EQ(all.complete([&](auto h) { file.async_read_some_at(3, part, h); }).value, 2 * page);
  EXPECT_EQ(std::memcmp(kept.data() + 5, fixtures::make_pattern(3 * page).data() + 3, 2 * page), 0);
  EXPECT_EQ(registered(all), if_registered(1U));
  std::memset(kept.data(), 'r', page);
  EXPECT_EQ(all.complete([&](auto h) { file.async_write_some_at(0, asio::buffer(kept.data(), 100), h); }).value, 100U);
  EXPECT_EQ(registered(all), if_registered(2U));
  std::string seen(101, '\0');
  EXPECT_EQ(file.read_some_at(0, asio::buffer(seen)), 101U);
  EXPECT_EQ(seen, std::string(100, 'r') + fixtures::make_pattern(101).substr(100));
}

TEST_F(registered_pools, leave_other_memory_and_several_buffers_alone) {
  std::string plain(page, '\0');
  EXPECT_EQ(all.complete([&](auto h) { file.async_read_some_at(0, asio::buffer(plain), h); }).value, page);
  owned_buffer kept = pool->allocate(2 * page);
  const std::array<asio::mutable_buffer, 2> two{asio::buffer(kept.data(), 10), asio::buffer(kept.data() + 100, 10)};
  EXPECT_EQ(all.complete([&](auto h) { file.async_read_some_at(0, two, h); }).value, 20U);
  EXPECT_EQ(registered(all), if_registered(0U));
}

TEST_F(registered_pools, may_go_before_the_group) {
  owned_buffer kept = pool->allocate(page);
  pool.reset();
  EXPECT_EQ(all.complete([&](auto h) { file.async_read_some_at(0, asio::buffer(kept.data(), page), h); }).value, page);
  EXPECT_EQ(registered(all), if_registered(1U));
  kept.reset();
  EXPECT_EQ(all.complete([&](auto h) { file.async_size(h); }).value, 4 * page);
}

TEST(registered_pools_options, must_not_be_null) {
  try {
    shard_group group({.registered_pools = {nullptr}});
    FAIL() << "accepted";
  } catch (const std::invalid_argument& why) {
    EXPECT_STREQ(why.what(), "shard_group_options::registered_pools must not contain null");
  }
}

/// Gives up, on this thread and those that it starts, what lets root lock as much memory as it likes.
bool drop_lock_right() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> sets{};
  if (::syscall(SYS_capget, &header, sets.data()) != 0) return false;
  sets[0].effective &= ~(1U << CAP_IPC_LOCK);
  sets[0].permitted &= ~(1U << CAP_IPC_LOCK);
  return ::syscall(SYS_capset, &header, sets.data()) == 0;
}

TEST(registered_pools_without_the_right_to_lock, are_used_as_other_memory) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_MEMLOCK, &before), 0);
  // Enough for the ring itself, which counts too.
  const rlimit little{std::min<rlim_t>(before.rlim_cur, 512U << 10U), before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_MEMLOCK, &little), 0);
  std::thread([] {
    ASSERT_TRUE(drop_lock_right());
    const fixtures::temporary_folder folder;
    const buffer_pool pool({.bytes = 1U << 20U});
    service all({.registered_pools = {&pool}});
    if (all.group.backend_in_use() != backend::io_uring)
      GTEST_SKIP() << "nothing is locked: " << all.group.backend_reason();
    EXPECT_NE(all.group.backend_reason().find("1048576 bytes of pools could not be registered with a ring: "
                                              "Cannot allocate memory (RLIMIT_MEMLOCK is 524288)"),
              std::string::npos)
        << all.group.backend_reason();
    random_access_file file(all.link, folder.make_file("file", page), open_flags::read_only);
    std::string buffer(page, '\0');
    EXPECT_EQ(all.complete([&](auto h) { file.async_read_some_at(0, asio::buffer(buffer), h); }).value, page);
    EXPECT_EQ(registered(all), 0U);
  }).join();
  EXPECT_EQ(::setrlimit(RLIMIT_MEMLOCK, &before), 0);
}

} // namespace
} // namespace shardbridge::tests
