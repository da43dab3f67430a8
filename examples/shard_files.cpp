// Files on a shard: two of them are replaced side by side, each durably and in one step.
#include <shardbridge/shardbridge.hpp>

#include <boost/asio.hpp>

#include <exception>
#include <filesystem>
#include <iostream>
#include <string>

namespace asio = boost::asio;
using shardbridge::open_flags;

shardbridge::task<> replace(shardbridge::shard& self, std::string path, std::string text) {
  const std::string next = path + ".next";
  const auto flags = open_flags::write_only | open_flags::create | open_flags::truncate;
  shardbridge::shard_file file = co_await self.open(next, flags);
  co_await self.write(file, 0, asio::buffer(text));
  co_await self.sync_data(file);
  co_await self.close(std::move(file));
  co_await self.rename(next, path);
}

shardbridge::task<> replace_both(shardbridge::shard& self, std::string folder) {
  // If one fails, the other is cancelled.
  co_await when_all(self, replace(self, folder + "/first", "one"), replace(self, folder + "/second", "two"));
}

int main() {
  const std::filesystem::path folder = std::filesystem::temp_directory_path() / "shardbridge-shard-files";
  std::filesystem::create_directories(folder);
  asio::io_context context;
  shardbridge::shard_group shards;
  shardbridge::bridge bridge(context, shards);
  std::exception_ptr failed;
  shardbridge::async_call(
      bridge, 0, [&folder](shardbridge::shard& self) { return replace_both(self, folder); },
      [&failed](std::exception_ptr told) { failed = std::move(told); });
  context.run();
  if (failed) std::rethrow_exception(failed);
  std::cout << "replaced " << std::filesystem::file_size(folder / "first") << " and "
            << std::filesystem::file_size(folder / "second") << " bytes\n";
  std::filesystem::remove_all(folder);
}
