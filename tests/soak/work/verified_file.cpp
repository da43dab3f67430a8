#include "verified_file.hpp"

#include <array>
#include <fstream>
#include <stdexcept>

namespace shardbridge::soak {
namespace {

std::uint64_t offset_of(std::uint32_t block) {
  return std::uint64_t{block} * block_bytes;
}

std::span<std::byte, block_bytes> block_of(std::span<std::byte> bytes, std::size_t index) {
  return std::span<std::byte, block_bytes>(bytes.subspan(index * block_bytes, block_bytes));
}

/// In pieces that end inside of blocks.
template <class Buffer>
std::vector<Buffer> pieces_of(Buffer whole, bool several) {
  std::vector<Buffer> out;
  for (std::size_t piece = 1000; several && whole.size() > piece; piece += 2345) {
    out.emplace_back(whole.data(), piece);
    whole += piece;
  }
  out.push_back(whole);
  return out;
}

} // namespace

verified_file::verified_file(scene& in, std::uint32_t number, std::string path, bridge& link,
                             const expectation& allowed, std::uint32_t blocks)
    : scene_(in), number_(number), path_(std::move(path)), link_(link), allowed_(allowed), blocks_(blocks),
      book_(number, blocks), file_(link) {
  std::ofstream out(path_, std::ios::binary);
  for (std::uint32_t each = 0; each < blocks_; ++each) {
    std::array<std::byte, block_bytes> made;
    fill(made, {number_, each, 0});
    out.write(reinterpret_cast<const char*>(made.data()), block_bytes);
  }
  if (!out.flush()) throw std::runtime_error("cannot write " + path_);
}

asio::awaitable<bool> verified_file::open() {
  const auto start = [this](auto handler) { file_.async_open(path_, open_flags::read_write, std::move(handler)); };
  const auto [failed] = co_await counted<error_code>(scene_.to, kind::open_close, allowed_, start);
  // Another object: what was answered early may open this one yet.
  if (failed) file_ = random_access_file(link_);
  co_return !failed;
}

asio::awaitable<void> verified_file::close() {
  const auto start = [this](auto handler) { file_.async_close(std::move(handler)); };
  const auto [refused] = co_await counted<error_code>(scene_.to, kind::open_close, allowed_, start);
  if (!refused) book_.reopen();
}

asio::awaitable<void> verified_file::run(step& next) {
  const bool closed = book_.closed(next.first, next.plan.count);
  switch (next.plan.what) {
  case file_step::write:
    return closed ? read(next) : write(next);
  case file_step::owned_read:
    return owned_read(next);
  case file_step::owned_write:
    return closed ? owned_read(next) : owned_write(next);
  case file_step::composed_read:
    return composed_read(next);
  case file_step::composed_write:
    return closed ? composed_read(next) : composed_write(next);
  case file_step::synced:
    return closed ? read(next) : synced(next);
  case file_step::sync:
    return sync(next);
  case file_step::size:
    return size(next);
  case file_step::advise:
    return advise(next);
  case file_step::read:
    break;
  }
  return read(next);
}

/// What the blocks of the next write must be, in `bytes`.
void verified_file::prepare(const step& next, std::span<std::byte> bytes) const {
  for (std::uint32_t each = 0; each < next.plan.count; ++each)
    fill(block_of(bytes, each), book_.next(next.first + each));
}

void verified_file::verify(std::uint32_t first, std::span<std::byte> bytes, std::size_t came) const {
  for (std::size_t each = 0; each < came / block_bytes; ++each) {
    const auto block = first + static_cast<std::uint32_t>(each);
    if (const auto fault = fault_in(block_of(bytes, each), book_.candidates(block)))
      scene_.to.tell("wrong data in " + path_ + ": " + *fault);
  }
}

void verified_file::expect_all(const char* what, const error_code& failed, std::size_t came, std::size_t wanted) const {
  if (!failed && came != wanted)
    scene_.to.tell(std::string(what) + " of " + path_ + ": " + std::to_string(came) + " of " + std::to_string(wanted) +
                   " bytes without an error");
}

void verified_file::note_written(const step& next, const error_code& failed, std::size_t bytes, bool has_buffer) {
  book_.written(next.first, next.plan.count, fate_of(failed, bytes, next.plan.count * block_bytes, has_buffer));
}

asio::awaitable<void> verified_file::read(step& next) {
  permit room = next.plan.permit ? link_.try_acquire(next.bytes.size()) : permit();
  next.options.permit = &room;
  const auto into = pieces_of(asio::buffer(next.bytes.data(), next.bytes.size()), next.plan.vectored);
  const auto start = [&](auto handler) {
    file_.async_read_some_at(offset_of(next.first), into, next.options,
                             asio::bind_cancellation_slot(next.slot, std::move(handler)));
  };
  const auto [failed, came] = co_await counted<error_code, std::size_t>(scene_.to, kind::read, allowed_, start);
  expect_all("a read", failed, came, next.bytes.size());
  verify(next.first, next.bytes, came);
}

asio::awaitable<void> verified_file::write(step& next) {
  permit room = next.plan.permit ? link_.try_acquire(next.bytes.size()) : permit();
  next.options.permit = &room;
  prepare(next, next.bytes);
  const auto from = pieces_of(asio::const_buffer(next.bytes.data(), next.bytes.size()), next.plan.vectored);
  const auto start = [&](auto handler) {
    file_.async_write_some_at(offset_of(next.first), from, next.options,
                              asio::bind_cancellation_slot(next.slot, std::move(handler)));
  };
  const auto [failed, went] = co_await counted<error_code, std::size_t>(scene_.to, kind::write, allowed_, start);
  expect_all("a write", failed, went, next.bytes.size());
  note_written(next, failed, went);
}

asio::awaitable<void> verified_file::owned_read(step& next) {
  owned_buffer taken = scene_.buffers.try_allocate(next.bytes.size());
  if (!taken) co_return;
  const auto start = [&](auto handler) {
    file_.async_read_some_at(offset_of(next.first), std::move(taken), next.options,
                             asio::bind_cancellation_slot(next.slot, std::move(handler)));
  };
  auto [failed, came, back] =
      co_await counted<error_code, std::size_t, owned_buffer>(scene_.to, kind::owned, allowed_, start);
  expect_all("a read", failed, came, next.bytes.size());
  if (back) verify(next.first, back.span(), came);
}

asio::awaitable<void> verified_file::owned_write(step& next) {
  owned_buffer taken = scene_.buffers.try_allocate(next.bytes.size());
  if (!taken) co_return;
  prepare(next, taken.span());
  const auto start = [&](auto handler) {
    file_.async_write_some_at(offset_of(next.first), std::move(taken), next.options,
                              asio::bind_cancellation_slot(next.slot, std::move(handler)));
  };
  const auto [failed, went, back] =
      co_await counted<error_code, std::size_t, owned_buffer>(scene_.to, kind::owned, allowed_, start);
  expect_all("a write", failed, went, next.bytes.size());
  note_written(next, failed, went, static_cast<bool>(back));
}

asio::awaitable<void> verified_file::composed_read(step& next) {
  const asio::mutable_buffer into(next.bytes.data(), next.bytes.size());
  const auto start = [&](auto handler) {
    asio::async_read_at(file_, offset_of(next.first), into,
                        with_options(next.options, asio::bind_cancellation_slot(next.slot, std::move(handler))));
  };
  const auto [failed, came] = co_await counted<error_code, std::size_t>(scene_.to, kind::composed, allowed_, start);
  expect_all("a read", failed, came, next.bytes.size());
  verify(next.first, next.bytes, came);
}

asio::awaitable<void> verified_file::composed_write(step& next) {
  prepare(next, next.bytes);
  const asio::const_buffer from(next.bytes.data(), next.bytes.size());
  const auto start = [&](auto handler) {
    asio::async_write_at(file_, offset_of(next.first), from,
                         with_options(next.options, asio::bind_cancellation_slot(next.slot, std::move(handler))));
  };
  const auto [failed, went] = co_await counted<error_code, std::size_t>(scene_.to, kind::composed, allowed_, start);
  expect_all("a write", failed, went, next.bytes.size());
  note_written(next, failed, went);
}

asio::awaitable<void> verified_file::synced(step& next) {
  prepare(next, next.bytes);
  const asio::const_buffer from(next.bytes.data(), next.bytes.size());
  const auto start = [&](auto handler) {
    file_.async_write_and_sync_data_at(offset_of(next.first), from, next.options,
                                       asio::bind_cancellation_slot(next.slot, std::move(handler)));
  };
  const auto [failed, both] = co_await counted<error_code, synced_write>(scene_.to, kind::synced, allowed_, start);
  expect_all("a synced write", both.write, both.bytes, next.bytes.size());
  if (failed != (both.write ? both.write : both.sync)) scene_.to.tell("a synced write tells two errors");
  note_written(next, both.write, both.bytes);
}

asio::awaitable<void> verified_file::sync(step& next) {
  const auto start = [&](auto handler) {
    if (next.plan.vectored)
      file_.async_sync_all(next.options, asio::bind_cancellation_slot(next.slot, std::move(handler)));
    else
      file_.async_sync_data(next.options, asio::bind_cancellation_slot(next.slot, std::move(handler)));
  };
  co_await counted<error_code>(scene_.to, kind::sync, allowed_, start);
}

asio::awaitable<void> verified_file::size(step& next) {
  const auto start = [&](auto handler) {
    file_.async_size(next.options, asio::bind_cancellation_slot(next.slot, std::move(handler)));
  };
  const auto [failed, bytes] = co_await counted<error_code, std::uint64_t>(scene_.to, kind::sync, allowed_, start);
  expect_all("the size", failed, bytes, offset_of(blocks_));
}

asio::awaitable<void> verified_file::advise(step& next) {
  // What is read ahead goes by way of the page cache, even of a file without one. There a read that is cut short says
  // that the file ends (fuse_short_read() in fs/fuse/file.c), and the kernel takes that for its size.
  const bool ahead = !next.plan.vectored && !allowed_.faults;
  const file_advice what = ahead ? file_advice::will_need : file_advice::dont_need;
  const auto start = [&](auto handler) {
    file_.async_advise(offset_of(next.first), next.bytes.size(), what, next.options,
                       asio::bind_cancellation_slot(next.slot, std::move(handler)));
  };
  co_await counted<error_code>(scene_.to, kind::sync, allowed_, start);
}

asio::awaitable<void> verified_file::copy(std::uint32_t source, std::uint32_t target, std::uint32_t count,
                                          op_options options) {
  const std::uint64_t length = offset_of(count);
  const auto start = [&](auto handler) {
    async_copy(file_, offset_of(source), file_, offset_of(target), length, options, std::move(handler));
  };
  const auto [failed, copied] = co_await counted<error_code, std::uint64_t>(scene_.to, kind::copy, allowed_, start);
  expect_all("a copy", failed, copied, length);
  book_.copied(source, target, count, fate_of(failed, copied, length, true));
}

} // namespace shardbridge::soak
