#pragma once

#include <fcntl.h>

namespace shardbridge {

/// What to do with a range of a file; the values are those of fallocate(2).
enum class allocate_mode : int {
  allocate = 0,                                            ///< Reserve space; the file grows if it ends before.
  keep_size = FALLOC_FL_KEEP_SIZE,                         ///< The same without changing its size.
  punch_hole = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, ///< Free the space; it reads as zeros. Keeps the size.
  zero_range = FALLOC_FL_ZERO_RANGE,                       ///< Make it read as zeros, space reserved; may grow.
  zero_range_keep_size = FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE, ///< The same without changing the size.
};

/// How a range of a file will be used; the values are those of posix_fadvise(2). On Linux the first three apply to the
/// whole open file, whatever the range.
enum class file_advice : int {
  normal = POSIX_FADV_NORMAL,         ///< Nothing special: the usual reading ahead.
  random = POSIX_FADV_RANDOM,         ///< Here and there: no reading ahead.
  sequential = POSIX_FADV_SEQUENTIAL, ///< From begin to end: twice as much reading ahead.
  will_need = POSIX_FADV_WILLNEED,    ///< Soon: read it into the page cache now.
  dont_need = POSIX_FADV_DONTNEED,    ///< Not soon: drop what is in the page cache and not dirty.
  no_reuse = POSIX_FADV_NOREUSE,      ///< Once: no effect before Linux 6.3.
};

} // namespace shardbridge
