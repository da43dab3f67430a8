#include "segment_maker.hpp"

#include <boost/system/system_error.hpp>

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

namespace kv_server {
namespace {

using shardbridge::task;

/// So much at a time, so that a commit that comes meanwhile waits for little.
constexpr std::uint64_t piece_bytes = std::uint64_t{256} << 10;
constexpr std::chrono::milliseconds pause{2};

} // namespace

void segment_maker::prepare() {
  if (preparing_) return;
  urgent_ = false;
  preparing_.emplace(self_.spawn(make_file({})));
}

task<log_file> segment_maker::make(segment_header header) {
  std::optional<log_file> made = co_await prepared();
  if (!made) made = co_await make_file({}); // there may be room by now
  log_file out = std::move(*made);
  const std::string head = write_segment_header(header);
  co_await files_.write(out, 0, head);
  co_await files_.sync(out);
  co_await files_.rename(out, path_of(header.number));
  co_return out;
}

task<log_file> segment_maker::make_again(std::uint64_t number, std::string_view content) {
  urgent_ = true;
  log_file out = co_await make_file(std::string(content));
  co_await files_.rename(out, path_of(number));
  co_return out;
}

task<> segment_maker::stop() {
  stopping_ = true;
  co_await prepared();
}

task<std::optional<log_file>> segment_maker::prepared() {
  urgent_ = true;
  if (!preparing_) co_return std::nullopt;
  auto preparing = std::move(*preparing_);
  preparing_.reset();
  try {
    co_return co_await std::move(preparing).join();
  } catch (const boost::system::system_error&) {
    co_return std::nullopt;
  }
}

task<log_file> segment_maker::make_file(std::string content) {
  log_file out = co_await files_.create(folder_ + '/' + std::string(next_segment_name));
  std::exception_ptr failed;
  try {
    co_await fill(out, content);
  } catch (const boost::system::system_error&) {
    failed = std::current_exception();
  }
  if (failed) { // it may have taken the last room that there was
    co_await files_.unlink(out.path);
    std::rethrow_exception(failed);
  }
  co_return out;
}

task<> segment_maker::fill(const log_file& file, std::string_view content) {
  const std::string zeros(std::min(piece_bytes, bytes_), '\0');
  co_await files_.reserve(file, std::max<std::uint64_t>(bytes_, content.size()));
  co_await files_.write(file, 0, content, shardbridge::priority::normal);
  for (std::uint64_t at = content.size(); at < bytes_ && !stopping_; at += zeros.size()) {
    const std::string_view piece = std::string_view(zeros).substr(0, bytes_ - at);
    co_await files_.write(file, at, piece, shardbridge::priority::normal);
    if (urgent_) continue;
    co_await files_.sync(file, shardbridge::priority::normal);
    co_await self_.sleep_for(pause);
  }
  co_await files_.sync(file);
}

} // namespace kv_server
