// Goal: an operation that waits in the kernel for as long as a test likes and can be cancelled there. Method: a FIFO: a
// file opened read_write is both its ends, so a read waits until somebody writes, and a write into a full one until
// somebody reads.
#pragma once

#include "prelude.hpp"

#include <temporary_folder.hpp>

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace shardbridge::tests {

class fifo {
 public:
  fifo() : path_(folder_.path() / "fifo") {
    if (::mkfifo(path_.c_str(), 0600) != 0) throw std::system_error(errno, std::generic_category(), "mkfifo");
    end_ = ::open(path_.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (end_ < 0) throw std::system_error(errno, std::generic_category(), "opening a FIFO");
  }
  ~fifo() { ::close(end_); }
  fifo(const fifo&) = delete;
  fifo& operator=(const fifo&) = delete;

  [[nodiscard]] const std::string& path() const noexcept { return path_; }

  void write(std::string_view bytes) const {
    EXPECT_EQ(::write(end_, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  }
  /// Until a write would wait.
  void fill() const {
    const std::string page(4096, 'f');
    while (::write(end_, page.data(), page.size()) > 0) {
    }
  }
  /// Takes out what is in it.
  std::size_t drain() const {
    std::string page(4096, '\0');
    std::size_t sum = 0;
    for (ssize_t count; (count = ::read(end_, page.data(), page.size())) > 0;)
      sum += static_cast<std::size_t>(count);
    return sum;
  }

 private:
  fixtures::temporary_folder folder_;
  std::string path_;
  int end_ = -1;
};

} // namespace shardbridge::tests
