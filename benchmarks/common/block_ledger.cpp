#include "block_ledger.hpp"

#include "failure.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <utility>

namespace shardbridge::bench {

block_ledger block_ledger::create(std::uint64_t blocks) {
  const int descriptor = ::memfd_create("shardbridge-bench", MFD_CLOEXEC);
  if (descriptor < 0) throw run_failure("cannot make the table of blocks: " + errno_text());
  const std::size_t bytes = blocks * sizeof(entry);
  if (::ftruncate(descriptor, static_cast<off_t>(bytes)) != 0) {
    const int error = errno;
    ::close(descriptor);
    throw run_failure("cannot make the table of blocks: " + errno_text(error));
  }
  return {descriptor, bytes};
}

block_ledger block_ledger::attach(int descriptor, std::uint64_t blocks) {
  return {descriptor, blocks * sizeof(entry)};
}

block_ledger::block_ledger(int descriptor, std::size_t bytes) : descriptor_(descriptor), bytes_(bytes) {
  void* memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  if (memory == MAP_FAILED) {
    const int error = errno;
    ::close(descriptor);
    throw run_failure("cannot map the table of blocks: " + errno_text(error));
  }
  entries_ = static_cast<entry*>(memory);
}

block_ledger::block_ledger(block_ledger&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), bytes_(other.bytes_),
      entries_(std::exchange(other.entries_, nullptr)) {}

block_ledger::~block_ledger() {
  if (entries_ != nullptr) ::munmap(entries_, bytes_);
  if (descriptor_ >= 0) ::close(descriptor_);
}

void block_ledger::written(std::uint64_t block, std::uint32_t version) noexcept {
  entries_[block].confirmed = version;
  entries_[block].latest = version;
}

void block_ledger::perhaps_written(std::uint64_t block, std::uint32_t version) noexcept {
  // A block never seen stays so: it may hold its old version, which nobody knows.
  if (entries_[block].latest != 0) entries_[block].latest = version;
}

bool block_ledger::accept_read(std::uint64_t block, std::uint32_t version) noexcept {
  entry& e = entries_[block];
  const bool expected = e.latest == 0 || (e.confirmed <= version && version <= e.latest);
  e.confirmed = version;
  e.latest = version;
  return expected;
}

} // namespace shardbridge::bench
