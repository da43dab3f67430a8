// Goal: after a failed sync nothing is acknowledged any more, and a full disk is survived.
// Method: the log on a file system in user space whose operations fail as the test says, and on one in memory that is
// full, as root.
#include "store_run.hpp"

#include "fuse_fixture.hpp"
#include "temporary_folder.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include <sys/mount.h>

namespace kv_server {
namespace {

using shardbridge::fixtures::fuse_fixture;
using shardbridge::fixtures::fuse_op;
using shardbridge::fixtures::temporary_folder;

struct Faults : testing::Test {
  void SetUp() override {
    if (!fuse_fixture::why_unavailable().empty()) GTEST_SKIP() << fuse_fixture::why_unavailable();
    disk.emplace();
    store.emplace(store_options{.folder = disk->mount_point(), .segment_bytes = 1 << 20});
  }
  void TearDown() override {
    if (!disk) return;
    disk->clear();
    disk->release();
    store.reset();
  }
  bool is_full() { return store->numbers().write_failure.find("No space left on device") != std::string::npos; }

  std::optional<fuse_fixture> disk;
  std::optional<store_run> store;
};

TEST_F(Faults, AfterAFailedSyncNothingIsAcknowledged) {
  ASSERT_EQ(store->set("a", "1"), "");
  disk->set(fuse_op::fsync, {.error = EIO});
  const std::string refused = store->set("a", "2");
  EXPECT_TRUE(refused.starts_with("MISCONF this shard is read-only")) << refused;
  EXPECT_NE(refused.find("Input/output error"), std::string::npos) << refused;
  EXPECT_NE(refused.find(segment_name(1)), std::string::npos) << refused;
  disk->clear();
  const auto syncs = disk->started(fuse_op::fsync);
  constexpr std::uint64_t sets = 20;
  for (std::uint64_t each = 0; each < sets; ++each)
    EXPECT_TRUE(store->set("b", "1").starts_with("MISCONF")) << "the disk is well again, but not what was written";
  EXPECT_EQ(store->one(key_operation::verb::erase, "a").result, key_operation::outcome::failed);
  // The next segment may be in the making still, whose pieces are synced as they are written: a handful.
  EXPECT_LT(disk->started(fuse_op::fsync) - syncs, sets) << "it is not asked again";
  EXPECT_EQ(store->get("a"), "1");
  EXPECT_EQ(store->numbers().read_only, 1);
  store->reopen();
  EXPECT_EQ(store->numbers().read_only, 0);
  EXPECT_EQ(store->set("b", "2"), "");
  EXPECT_EQ(store->get("b"), "2");
}

TEST_F(Faults, AWriteThatFailsEndsWriting) {
  ASSERT_EQ(store->set("a", "1"), "");
  disk->set(fuse_op::write, {.error = EIO});
  EXPECT_TRUE(store->set("a", "2").starts_with("MISCONF this shard is read-only"));
  disk->clear();
  EXPECT_TRUE(store->set("a", "3").starts_with("MISCONF"));
  EXPECT_EQ(store->get("a"), "1");
}

TEST_F(Faults, AWriteThatFindsNoRoomIsTriedAgain) {
  ASSERT_EQ(store->set("a", "1"), "");
  disk->set(fuse_op::write, {.error = ENOSPC});
  EXPECT_TRUE(store->set("a", "2").starts_with("MISCONF not written: ")) << store->set("a", "2");
  EXPECT_TRUE(is_full());
  EXPECT_EQ(store->get("a"), "1");
  disk->clear();
  EXPECT_EQ(store->set("b", "3"), "");
  EXPECT_FALSE(is_full());
  store->reopen();
  EXPECT_EQ(store->get("a"), "1");
  EXPECT_EQ(store->get("b"), "3");
  EXPECT_EQ(store->numbers().torn_bytes, 0);
}

TEST_F(Faults, AReadThatFailsIsToldAndHarmsNothing) {
  ASSERT_EQ(store->set("a", "1"), "");
  disk->set(fuse_op::read, {.error = EIO});
  const key_operation got = store->one(key_operation::verb::get, "a");
  EXPECT_EQ(got.result, key_operation::outcome::failed);
  EXPECT_TRUE(got.text.starts_with("IOERR ")) << got.text;
  disk->clear();
  EXPECT_EQ(store->get("a"), "1");
  EXPECT_EQ(store->set("a", "2"), "");
}

// Small files of the log, so that it is met while one is made.
TEST(FullDisk, IsServedFromAndRecovers) {
  const temporary_folder folder;
  if (::mount("tmpfs", folder.path().c_str(), "tmpfs", 0, "size=1m") != 0)
    GTEST_SKIP() << "no file system can be mounted";
  struct unmount {
    const char* path;
    ~unmount() { ::umount2(path, MNT_DETACH); }
  } const at_end{folder.path().c_str()};
  const std::string log = folder.path() / "log";
  std::filesystem::create_directory(log);
  key_values model;
  {
    store_run store(store_options{.folder = log, .segment_bytes = 64 << 10, .garbage_ratio = 0.95});
    std::string refused;
    for (int i = 0; refused.empty(); ++i) {
      const std::string key = "key" + std::to_string(i);
      refused = store.set(key, std::string(5000, 'v'));
      if (refused.empty()) model[key] = std::string(5000, 'v');
      ASSERT_LT(i, 1000);
    }
    EXPECT_NE(refused.find("No space left on device"), std::string::npos) << refused;
    EXPECT_GT(model.size(), 50);
    for (int again = 0; again != 3; ++again)
      EXPECT_NE(store.set("more", std::string(5000, 'v')), "");
    for (const auto& [key, value] : model)
      ASSERT_EQ(store.get(key), value);
    EXPECT_EQ(store.numbers().read_only, 0);
    ASSERT_EQ(::mount("tmpfs", folder.path().c_str(), "tmpfs", MS_REMOUNT, "size=4m"), 0);
    EXPECT_EQ(store.set("more", "there is room"), "");
    model["more"] = "there is room";
  }
  store_run store(store_options{.folder = log, .segment_bytes = 64 << 10, .garbage_ratio = 0.95});
  EXPECT_EQ(store.numbers().keys, model.size());
  for (const auto& [key, value] : model)
    ASSERT_EQ(store.get(key), value);
}

} // namespace
} // namespace kv_server
