// Goal: what is opened lies below the root, whatever links say; a full access log drops and counts.
// Method: the real file system in a temporary folder, and a pipe that nobody reads.
#include "access_log.hpp"
#include "open_beneath.hpp"

#include "temporary_folder.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>

namespace http_file_server {
namespace {

namespace fs = std::filesystem;

struct OpenBeneath : testing::Test {
  opened_file open(const std::string& path, lookup how = lookup::blocking, bool direct = false) const {
    return open_beneath(root.get(), path, direct, how);
  }

  shardbridge::fixtures::temporary_folder outside;
  shardbridge::fixtures::temporary_folder folder;
  unique_fd root{::open(folder.path().c_str(), O_PATH | O_DIRECTORY)};
};

TEST_F(OpenBeneath, AFile) {
  folder.make_file("a", 5000);
  const opened_file found = open("a");
  EXPECT_EQ(found.error, 0);
  EXPECT_EQ(found.size, 5000U);
  EXPECT_FALSE(found.folder);
  EXPECT_NE(found.inode, 0U);
  EXPECT_GT(found.modified_ns, 0);
}

TEST_F(OpenBeneath, AFolder) {
  EXPECT_TRUE(open(".").folder);
  const opened_file found = open(".", lookup::blocking, true);
  EXPECT_TRUE(found.folder);
  EXPECT_FALSE(found.direct);
}

TEST_F(OpenBeneath, WhatIsNotThere) {
  EXPECT_EQ(open("b").error, ENOENT);
  folder.make_file("a", 1);
  EXPECT_EQ(open("a/b").error, ENOTDIR);
}

TEST_F(OpenBeneath, CachedLookupsDoNotWait) {
  folder.make_file("a", 1);
  EXPECT_EQ(open("a", lookup::blocking).error, 0);
  EXPECT_EQ(open("a", lookup::cached).error, 0);
  // Nothing was cached for this one, not even that it does not exist.
  EXPECT_EQ(open("never-looked-for", lookup::cached).error, EAGAIN);
}

TEST_F(OpenBeneath, LinksOutOfTheRootAreRefused) {
  const std::string secret = outside.make_file("secret", 1);
  fs::create_symlink(secret, folder.path() / "absolute");
  fs::create_symlink("../" + outside.path().filename().string() + "/secret", folder.path() / "relative");
  fs::create_directory_symlink(outside.path(), folder.path() / "folder");
  for (const char* path : {"absolute", "relative", "folder/secret", "..", "../x"})
    EXPECT_EQ(open(path).error, EXDEV) << path;
}

TEST_F(OpenBeneath, LinksWithinAreFollowed) {
  folder.make_file("a", 7);
  fs::create_symlink("a", folder.path() / "link");
  EXPECT_EQ(open("link").size, 7U);
  fs::create_symlink("circle", folder.path() / "circle");
  EXPECT_EQ(open("circle").error, ELOOP);
}

TEST_F(OpenBeneath, PipesAreNotWaitedFor) {
  ASSERT_EQ(::mkfifo((folder.path() / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(open("pipe").error, EACCES);
}

std::string contents(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

TEST(AccessLog, WritesEverythingBeforeItEnds) {
  const shardbridge::fixtures::temporary_folder folder;
  const fs::path path = folder.path() / "log";
  std::string expected;
  {
    access_log log(path);
    for (int i = 0; i != 1000; ++i) {
      const std::string line = "line " + std::to_string(i) + '\n';
      log.add(line);
      expected += line;
    }
    EXPECT_EQ(log.dropped(), 0U);
  }
  EXPECT_EQ(contents(path), expected);
}

TEST(AccessLog, DropsAndCountsWhatFindsNoRoom) {
  const shardbridge::fixtures::temporary_folder folder;
  const fs::path path = folder.path() / "pipe";
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  unique_fd reader(::open(path.c_str(), O_RDONLY | O_NONBLOCK));
  const std::string line(999, 'x');
  std::uint64_t dropped = 0;
  {
    access_log log(path, 10'000);
    for (int i = 0; i != 2000; ++i)
      log.add(line + '\n'); // 2 MB into a pipe of 64 KiB: the writer is stuck
    dropped = log.dropped();
    EXPECT_GT(dropped, 1000U);
    ::signal(SIGPIPE, SIG_IGN);
    reader = unique_fd();
  }
}

TEST(AccessLog, SaysWhyItCannotBeOpened) {
  try {
    access_log log("/nowhere/log");
    FAIL();
  } catch (const std::system_error& problem) {
    EXPECT_EQ(problem.code().value(), ENOENT);
    EXPECT_NE(std::string(problem.what()).find("'/nowhere/log'"), std::string::npos);
  }
}

TEST(AccessLog, CountsWhatCannotBeWritten) {
  access_log log("/dev/full");
  log.add("one\n");
  log.add("two\n");
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (log.dropped() != 2 && std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  EXPECT_EQ(log.dropped(), 2U);
}

} // namespace
} // namespace http_file_server
