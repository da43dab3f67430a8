// Goal: what undoes an older record outlives it: no file is removed before the removal of the one before it is durable.
// Method: the changes of files of a store whose files hold nothing live are written down, in order.
#include "store_run.hpp"

#include "temporary_folder.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <string>

namespace kv_server {
namespace {

/// Threads: the shard's, while the store is open.
class removals final : public file_watch {
 public:
  void before(change what, const std::string&, const std::string&) override {
    if (what != change::unlink) return;
    EXPECT_TRUE(synced_) << "another removal is not durable";
    synced_ = false;
    ++count;
  }
  void after(change what, const std::string&, const std::string&) override {
    if (what == change::sync_folder) synced_ = true;
  }

  std::size_t count = 0;

 private:
  bool synced_ = true;
};

TEST(Removal, IsDurableBeforeTheNext) {
  const shardbridge::fixtures::temporary_folder folder;
  {
    store_run store(store_options{.folder = folder.path(), .segment_bytes = 400, .garbage_ratio = 0.95});
    ASSERT_EQ(store.set("keep", std::string(300, 'k')), ""); // which keeps the others
    for (int i = 0; i != 12; ++i)
      ASSERT_EQ(store.set("key", std::string(300, 'v')), "");
  }
  removals watch;
  {
    // With more segments than one there is enough garbage now, and nothing else to do.
    store_run store(
        store_options{.folder = folder.path(), .segment_bytes = 1 << 20, .garbage_ratio = 0.1, .watch = &watch});
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (store.numbers().segments > 1 && std::chrono::steady_clock::now() < end)
      store.get("key");
    EXPECT_EQ(store.numbers().segments, 1);
    EXPECT_EQ(store.get("keep"), std::string(300, 'k'));
  }
  EXPECT_EQ(watch.count, 12);
}

} // namespace
} // namespace kv_server
