// Goal: size, resize and sync do on the shard what they do on the calling thread. Method: both, on the same file, seen
// from outside.
#include "support/service.hpp"

#include <temporary_folder.hpp>

#include <filesystem>

namespace shardbridge::tests {
namespace {

class real_files_resized : public testing::Test {
 protected:
  const fixtures::temporary_folder folder;
  const std::string path = folder.make_file("file", 1000);
  service all;
  random_access_file file{all.link, path, open_flags::read_write};
};

TEST_F(real_files_resized, growing_and_shrinking) {
  for (const std::uint64_t size : {5000U, 10U, 0U, 70'000U}) {
    EXPECT_TRUE(all.complete([&](auto h) { file.async_resize(size, h); }).succeeded());
    EXPECT_EQ(std::filesystem::file_size(path), size);
    EXPECT_EQ(file.size(), size);
    const outcome told = all.complete([&](auto h) { file.async_size(h); });
    EXPECT_TRUE(told.succeeded() && told.value == size) << told;
    file.resize(size + 1);
    EXPECT_EQ(all.complete([&](auto h) { file.async_size(h); }).value, size + 1);
  }
}

TEST_F(real_files_resized, keeps_the_beginning_and_fills_with_zeros) {
  std::string buffer(2000, 'x');
  EXPECT_TRUE(all.complete([&](auto h) { file.async_resize(100, h); }).succeeded());
  EXPECT_TRUE(all.complete([&](auto h) { file.async_resize(1500, h); }).succeeded());
  EXPECT_EQ(all.complete([&](auto h) { file.async_read_some_at(0, asio::buffer(buffer), h); }).value, 1500U);
  EXPECT_TRUE(buffer.substr(0, 1500) == fixtures::make_pattern(100) + std::string(1400, '\0'));
}

TEST_F(real_files_resized, a_read_only_file_cannot_be) {
  random_access_file other(all.link, path, open_flags::read_only);
  error_code failed;
  other.resize(5, failed);
  EXPECT_EQ(failed, boost::system::errc::invalid_argument);
  EXPECT_TRUE(all.complete([&](auto h) { other.async_resize(5, h); }).failed_with(failed));
  EXPECT_EQ(other.size(), 1000U);
}

TEST_F(real_files_resized, to_more_than_a_file_can_have_fails) {
  error_code failed;
  file.resize(std::uint64_t{1} << 63U, failed);
  EXPECT_TRUE(failed);
  EXPECT_TRUE(all.complete([&](auto h) { file.async_resize(std::uint64_t{1} << 63U, h); }).failed_with(failed));
  EXPECT_EQ(file.size(), 1000U);
}

TEST_F(real_files_resized, a_sync_of_either_kind_succeeds_and_reaches_the_kernel) {
  EXPECT_NO_THROW(file.sync_all());
  EXPECT_NO_THROW(file.sync_data());
  EXPECT_TRUE(all.complete([&](auto h) { file.async_sync_all(h); }).succeeded());
  EXPECT_TRUE(all.complete([&](auto h) { file.async_sync_data(h); }).succeeded());
  EXPECT_EQ(all.submissions(), 2U);
}

TEST_F(real_files_resized, what_cannot_be_synced_says_so) {
  random_access_file other(all.link, "/dev/null", open_flags::write_only);
  error_code failed;
  other.sync_all(failed);
  EXPECT_EQ(failed, boost::system::errc::invalid_argument);
  EXPECT_TRUE(all.complete([&](auto h) { other.async_sync_all(h); }).failed_with(failed));
  EXPECT_TRUE(all.complete([&](auto h) { other.async_sync_data(h); }).failed_with(failed));
}

} // namespace
} // namespace shardbridge::tests
