#include "block_client.hpp"

#include "../common/block_format.hpp"
#include "../common/interrupt.hpp"

#include <optional>

namespace shardbridge::bench {

block_client::block_client(load& shared, unsigned index, std::span<std::byte> buffer)
    : shared_(shared), index_(index), buffer_(buffer), random_(mix(shared.what.seed) + mix(index)) {
  // What is written unverified should still not be zeroes, which some devices make short work of.
  if (buffer_.size() >= verified_block_min) fill_block(buffer_, 0, shared.what.seed, index);
}

bool block_client::next() {
  if (last_ >= shared_.end || interrupted()) return false;
  std::optional<bench_clock::time_point> due;
  if (shared_.what.open_loop() && !(due = shared_.due.take())) return false;
  choose();
  if (write_ && shared_.ledger != nullptr) {
    version_ = shared_.ledger->next_version(block_);
    fill_block(buffer_, offset_, shared_.what.seed, version_);
  }
  begun_ = due ? *due : bench_clock::now();
  return true;
}

void block_client::withdraw() {
  leave_undecided();
}

void block_client::choose() {
  const rw_mode rw = shared_.what.rw;
  write_ = rw == rw_mode::mixed ? (random_.next() >> 63) != 0 : writes(rw);
  do
    block_ = choose_block();
  while (shared_.ledger != nullptr && !shared_.ledger->try_claim(block_));
  offset_ = block_ * shared_.what.block;
}

std::uint64_t block_client::choose_block() {
  const std::uint64_t blocks = shared_.what.blocks();
  if (!sequential(shared_.what.rw)) return random_.below(blocks);
  return shared_.what.own_parts ? next_of_own_part() : shared_.cursor.fetch_add(1, std::memory_order_relaxed) % blocks;
}

std::uint64_t block_client::next_of_own_part() {
  const std::uint64_t part = shared_.what.blocks() / shared_.what.depth;
  const std::uint64_t block = index_ * part + in_part_;
  in_part_ = (in_part_ + 1) % part;
  return block;
}

void block_client::completed(std::size_t bytes) {
  last_ = bench_clock::now();
  account& mine = shared_.accounts.local();
  if (bytes != buffer_.size()) {
    failed((write_ ? "short write of " : "short read of ") + std::to_string(bytes) + " bytes");
    return;
  }
  ++mine.operations;
  mine.bytes += bytes;
  mine.latency.record(last_ - begun_);
  if (shared_.what.verify) {
    if (!write_)
      verify(mine);
    else if (shared_.ledger != nullptr)
      shared_.ledger->written(block_, version_);
  }
  release();
}

void block_client::timed_out() {
  last_ = bench_clock::now();
  ++shared_.accounts.local().timeouts;
  leave_undecided();
}

void block_client::cancelled() {
  last_ = bench_clock::now();
  ++shared_.accounts.local().cancelled;
  leave_undecided();
}

void block_client::failed(const std::string& why) {
  last_ = bench_clock::now();
  account& mine = shared_.accounts.local();
  ++mine.errors;
  mine.note("the block at " + std::to_string(offset_) + ": " + why);
  leave_undecided();
}

void block_client::verify(account& mine) {
  const block_check check = check_block(buffer_, offset_);
  if (check.state != block_state::good) {
    ++mine.wrong_blocks;
    mine.note(describe(check, offset_));
  } else if (shared_.ledger != nullptr && !shared_.ledger->accept_read(block_, check.header.version)) {
    ++mine.wrong_blocks;
    mine.note("the block at " + std::to_string(offset_) + " holds version " + std::to_string(check.header.version) +
              ", which is not among those written last");
  }
}

void block_client::leave_undecided() {
  if (write_ && shared_.ledger != nullptr) shared_.ledger->perhaps_written(block_, version_);
  release();
}

void block_client::release() {
  if (shared_.ledger != nullptr) shared_.ledger->release(block_);
}

} // namespace shardbridge::bench
