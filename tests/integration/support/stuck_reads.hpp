// Goal: operations that stay where a test wants them: in the kernel, in a shard's queue, waiting for a permit. Method:
// reads of FIFOs into which nobody writes, as many as there is room for.
#pragma once

#include "fifo.hpp"
#include "service.hpp"

#include <array>
#include <deque>

namespace shardbridge::tests {

/// A FIFO opened on a bridge, and reads of it that stay outstanding until they are cancelled or it is written to.
class stuck_reads {
 public:
  explicit stuck_reads(bridge& on) : file(on, pipe.path(), open_flags::read_write) {}

  /// Starts one more, and returns what becomes of it.
  const outcome& start(const op_options& options = {}, std::size_t bytes = 1) {
    buffers_.emplace_back(bytes, '\0');
    file.async_read_some_at(0, asio::buffer(buffers_.back()), options, outcomes.emplace_back().handler());
    return outcomes.back();
  }

  fifo pipe;
  std::deque<outcome> outcomes; // before the file, so that handlers that run late find them
  random_access_file file;

 private:
  std::deque<std::string> buffers_;
};

} // namespace shardbridge::tests
