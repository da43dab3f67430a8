#pragma once

#include "../common/descriptor.hpp"
#include "../common/failure.hpp"
#include "block_client.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <string>

namespace shardbridge::bench {

/// What a client's operation ended with.
struct transfer_result {
  int error = 0; ///< errno
  std::size_t bytes = 0;
};

/// Does a client's operation with pread(2) or pwrite(2).
inline transfer_result blocking_transfer(int file, const block_client& client) {
  const auto buffer = client.buffer();
  const auto offset = static_cast<off_t>(client.offset());
  const ssize_t n = client.is_write() ? ::pwrite(file, buffer.data(), buffer.size(), offset)
                                      : ::pread(file, buffer.data(), buffer.size(), offset);
  if (n < 0) return {.error = errno, .bytes = 0};
  return {.error = 0, .bytes = static_cast<std::size_t>(n)};
}

/// Opens what the workload names, as it says. `engine` stands before the sentence of the run_failure that it throws.
inline unique_descriptor open_for(const workload& what, const char* engine) {
  const int flags = (writes(what.rw) ? O_RDWR : O_RDONLY) | (what.direct ? O_DIRECT : 0) | O_CLOEXEC;
  unique_descriptor file(::open(what.path.c_str(), flags));
  if (file.get() < 0) throw run_failure(std::string(engine) + ": cannot open the file: " + errno_text());
  return file;
}

} // namespace shardbridge::bench
