#include <shard_side/receive_memory.hpp>

#include <cerrno>

#include <sys/mman.h>

namespace shardbridge::detail {

receive_memory::receive_memory(std::uint16_t count, std::size_t bytes) : count_(count), bytes_(bytes), pieces_(count) {
  if (count == 0) {
    error_ = EOPNOTSUPP;
    return;
  }
  void* const at = ::mmap(nullptr, count_ * bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (at == MAP_FAILED)
    error_ = ENOMEM;
  else
    memory_ = static_cast<std::byte*>(at);
}

receive_memory::~receive_memory() {
  if (memory_ != nullptr) ::munmap(memory_, count_ * bytes_);
}

} // namespace shardbridge::detail
