#include "files.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/system/system_error.hpp>

#include <cerrno>
#include <utility>

namespace kv_server {

using change = file_watch::change;
using shardbridge::io_options;
using shardbridge::open_flags;
using shardbridge::task;

task<log_file> files::create(std::string path) {
  before(change::create, path);
  log_file out{.path = path};
  out.opened = co_await self_.open(path, open_flags::read_write | open_flags::create | open_flags::truncate);
  after(change::create, path);
  co_return out;
}

task<log_file> files::open(std::string path, open_flags flags) {
  log_file out{.path = path};
  out.opened = co_await self_.open(path, flags);
  co_return out;
}

task<> files::close(log_file&& file) {
  shardbridge::shard_file closing = std::move(file.opened);
  co_await self_.close(std::move(closing));
}

task<std::string> files::read(const log_file& file, std::uint64_t at, std::size_t bytes) {
  std::string out(bytes, '\0');
  out.resize(co_await self_.read(file.opened, at, boost::asio::buffer(out)));
  co_return out;
}

task<std::string> files::read_all(const log_file& file) {
  const std::uint64_t bytes = co_await self_.size(file.opened);
  std::string out = co_await read(file, 0, bytes);
  co_return out;
}

task<> files::write(const log_file& file, std::uint64_t at, std::string_view bytes, shardbridge::priority urgency) {
  before(change::write, file.path);
  co_await self_.write(file.opened, at, boost::asio::buffer(bytes), io_options{.priority = urgency});
  after(change::write, file.path);
}

task<shardbridge::synced_write> files::write_and_sync(const log_file& file, std::uint64_t at, std::string_view bytes) {
  before(change::write, file.path);
  before(change::sync, file.path);
  const auto ended = co_await self_.write_and_sync_data(file.opened, at, boost::asio::buffer(bytes),
                                                        io_options{.priority = shardbridge::priority::high});
  if (!ended.write) after(change::write, file.path);
  if (!ended.sync) after(change::sync, file.path);
  co_return ended;
}

task<> files::reserve(const log_file& file, std::uint64_t bytes) {
  try {
    co_await self_.allocate(file.opened, 0, bytes);
  } catch (const boost::system::system_error& problem) {
    if (problem.code() != std::errc::operation_not_supported) throw;
  }
}

task<> files::resize(const log_file& file, std::uint64_t bytes) {
  before(change::resize, file.path);
  co_await self_.resize(file.opened, bytes);
  after(change::resize, file.path);
}

task<> files::sync(const log_file& file, shardbridge::priority urgency) {
  before(change::sync, file.path);
  co_await self_.sync_data(file.opened, io_options{.priority = urgency});
  after(change::sync, file.path);
}

task<> files::sync_folder(const log_file& folder) {
  before(change::sync_folder, folder.path);
  co_await self_.sync(folder.opened);
  after(change::sync_folder, folder.path);
}

task<> files::rename(log_file& file, std::string to) {
  before(change::rename, file.path, to);
  co_await self_.rename(file.path, to);
  after(change::rename, file.path, to);
  file.path = std::move(to);
}

task<> files::unlink(std::string path) {
  before(change::unlink, path);
  co_await self_.unlink(path);
  after(change::unlink, path);
}

} // namespace kv_server
