#include "open_beneath.hpp"

#include <cerrno>

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>

namespace http_file_server {
namespace {

unique_fd open_now(int root, const std::string& path, lookup how) {
  ::open_how request{};
  // O_NONBLOCK: or a pipe somebody put there would be waited for.
  request.flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
  request.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | (how == lookup::cached ? RESOLVE_CACHED : 0);
  return unique_fd(static_cast<int>(::syscall(SYS_openat2, root, path.c_str(), &request, sizeof request)));
}

} // namespace

opened_file open_beneath(int root, const std::string& path, bool direct, lookup how) {
  opened_file out;
  out.fd = open_now(root, path, how);
  struct ::stat status {};
  if (!out.fd || ::fstat(out.fd.get(), &status) != 0) {
    out.error = errno == ENXIO ? EACCES : errno; // a socket
    return out;
  }
  out.folder = S_ISDIR(status.st_mode);
  if (out.folder) return out;
  if (!S_ISREG(status.st_mode)) {
    out.error = EACCES;
    return out;
  }
  // Without O_NONBLOCK, which io_uring would take for an order not to wait for the disk.
  out.direct = direct && ::fcntl(out.fd.get(), F_SETFL, O_DIRECT) == 0;
  if (!out.direct && ::fcntl(out.fd.get(), F_SETFL, 0) != 0) out.error = errno;
  out.inode = status.st_ino;
  out.size = static_cast<std::uint64_t>(status.st_size);
  out.modified_ns = std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec;
  return out;
}

} // namespace http_file_server
