#pragma once

#include <shardbridge/detail/path_requests.hpp>
#include <shardbridge/detail/requests.hpp>
#include <shardbridge/detail/verb.hpp>
#include <shardbridge/file_range.hpp>
#include <shardbridge/file_status.hpp>
#include <shardbridge/io_options.hpp>
#include <shardbridge/open_flags.hpp>
#include <shardbridge/owned_buffer.hpp>
#include <shardbridge/shard_file.hpp>

#include <boost/asio/buffer.hpp>

#include <cerrno>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

namespace shardbridge::detail {

/// An open_request whose file goes to code on the shard.
struct shard_open_request : open_request {
  std::tuple<shard_file> results(const op_result&) noexcept { return {shard_file(std::move(file))}; }
};

/** @brief The part of a shard that works on files and paths, on its own ring.
 *
 *  Each function returns what is awaited once, in a task of the shard, and what is begun only then.
 *  @par Buffers and units   bytes. A caller's memory stays the caller's, and must live until the task goes on, or is
 *                           destroyed. On a `direct` file offset, addresses and lengths must be aligned.
 *  @par Deadline            io_options cover the queue and the kernel. The task goes on at the deadline, but for reads
 *                           and writes of a caller's memory, which wait until the kernel has let go of it.
 *  @par Capacity            the shard's slots (shard_group_options::ring_entries), where they go in turn with the
 *                           operations of bridges; each is one of a task, so that tasks bound them
 *  @par Cancellation        with the task
 *  @par Errors              throw `boost::system::system_error`: errno in the system category, EBADF for a file that is
 *                           not open; `errc`; `operation_aborted`
 *  @par Thread-safety       the shard's thread */
class shard_disk {
 public:
  /// Opens a file. Gives a shard_file. Errors: those of openat(2) and statx(2).
  [[nodiscard]] auto open(const std::string& path, open_flags flags, const io_options& options = {}) {
    return verb(runtime_, shard_open_request{{.file = file_ref(new descriptor), .path = path, .flags = flags}}, options,
                "open");
  }
  /// Closes the file when what is outstanding on it has ended. Not cancelled once it has begun. Errors: those of
  /// close(2).
  [[nodiscard]] auto close(shard_file&& file, const io_options& options = {}) {
    const auto answered = unless_open(file);
    return verb(runtime_, plain_request{.code = op_code::close, .file = std::move(file).take()}, options, "close",
                answered);
  }

  /// Reads from `offset` until `buffers` are full or the file ends; of what is not a regular file, once. Gives the
  /// number of bytes, 0 at the end.
  /// Errors: `errc::misaligned`; those of preadv2(2).
  template <class MutableBufferSequence>
    requires boost::asio::is_mutable_buffer_sequence<MutableBufferSequence>::value
  [[nodiscard]] auto read(const shard_file& file, std::uint64_t offset, const MutableBufferSequence& buffers,
                          const io_options& options = {}) {
    return transfer(op_code::read, file, offset, buffers, options, "read");
  }
  /// The same into a buffer that goes along. Gives the number of bytes and the buffer, in a tuple. Where it throws, the
  /// buffer goes back to its pool.
  [[nodiscard]] auto read(const shard_file& file, std::uint64_t offset, owned_buffer buffer,
                          const io_options& options = {}) {
    return transfer(op_code::read, file, offset, std::move(buffer), options, "read");
  }
  /// Writes `buffers` at `offset`: all of it on a regular file, else what goes at once. Gives the number of bytes.
  /// Errors: `errc::misaligned`, `errc::outcome_unknown`; those of pwritev2(2).
  template <class ConstBufferSequence>
    requires boost::asio::is_const_buffer_sequence<ConstBufferSequence>::value
  [[nodiscard]] auto write(const shard_file& file, std::uint64_t offset, const ConstBufferSequence& buffers,
                           const io_options& options = {}) {
    return transfer(op_code::write, file, offset, buffers, options, "write");
  }
  /// The same from a buffer that goes along. Gives the number of bytes and the buffer, in a tuple.
  [[nodiscard]] auto write(const shard_file& file, std::uint64_t offset, owned_buffer buffer,
                           const io_options& options = {}) {
    return transfer(op_code::write, file, offset, std::move(buffer), options, "write");
  }

  /// Makes data and metadata durable (fsync(2)). Gives nothing. A failure is reported by every later sync of this file
  /// too.
  [[nodiscard]] auto sync(const shard_file& file, const io_options& options = {}) {
    return plain({.code = op_code::sync_all}, file, options, "sync");
  }
  /// Makes data durable, and what is needed to find them (fdatasync(2)). Gives nothing.
  [[nodiscard]] auto sync_data(const shard_file& file, const io_options& options = {}) {
    return plain({.code = op_code::sync_data}, file, options, "sync_data");
  }
  /// Writes all of `buffers` at `offset`, and makes it durable as sync() does, in one submission: the kernel goes on to
  /// the sync by itself (IOSQE_IO_LINK). Gives a synced_write, which tells of each, and throws nothing: not even if the
  /// task is cancelled, which the next await tells. At the deadline a sync is not waited for.
  template <class ConstBufferSequence>
    requires boost::asio::is_const_buffer_sequence<ConstBufferSequence>::value
  [[nodiscard]] auto write_and_sync(const shard_file& file, std::uint64_t offset, const ConstBufferSequence& buffers,
                                    const io_options& options = {}) {
    return synced_write(op_code::sync_all, file, offset, buffers, options, "write_and_sync");
  }
  /// The same with sync_data().
  template <class ConstBufferSequence>
    requires boost::asio::is_const_buffer_sequence<ConstBufferSequence>::value
  [[nodiscard]] auto write_and_sync_data(const shard_file& file, std::uint64_t offset,
                                         const ConstBufferSequence& buffers, const io_options& options = {}) {
    return synced_write(op_code::sync_data, file, offset, buffers, options, "write_and_sync_data");
  }
  /// Gives the size in bytes.
  [[nodiscard]] auto size(const shard_file& file, const io_options& options = {}) {
    return verb(runtime_, size_request{.file = file.file()}, options, "size", unless_open(file));
  }
  /// Truncates or extends. Gives nothing. Before Linux 6.9 the shard itself waits for it. Errors: those of
  /// ftruncate(2).
  [[nodiscard]] auto resize(const shard_file& file, std::uint64_t bytes, const io_options& options = {}) {
    return plain({.code = op_code::resize, .offset = bytes}, file, options, "resize");
  }
  /// Reserves, frees or clears `length` bytes from `offset`. Gives nothing. Errors: those of fallocate(2).
  [[nodiscard]] auto allocate(const shard_file& file, std::uint64_t offset, std::uint64_t length,
                              allocate_mode how = allocate_mode::allocate, const io_options& options = {}) {
    return plain({.code = op_code::allocate, .offset = offset, .length = length, .mode = static_cast<int>(how)}, file,
                 options, "allocate");
  }
  /// Tells the kernel how `length` bytes from `offset` will be used; 0: all behind it. Gives nothing. Errors: those of
  /// posix_fadvise(2).
  [[nodiscard]] auto advise(const shard_file& file, std::uint64_t offset, std::uint64_t length, file_advice what,
                            const io_options& options = {}) {
    return plain({.code = op_code::advise, .offset = offset, .length = length, .mode = static_cast<int>(what)}, file,
                 options, "advise");
  }

  /// What is at a path, symbolic links followed. Gives a file_status. Errors: those of statx(2).
  [[nodiscard]] auto stat(const std::string& path, const io_options& options = {}) {
    return verb(runtime_, status_request{.file = {}, .path = path}, options, "stat");
  }
  /// Replaces what is at `to`, in one step. Gives nothing. Errors: those of rename(2).
  [[nodiscard]] auto rename(const std::string& from, const std::string& to, const io_options& options = {}) {
    return verb(runtime_, path_request{.code = op_code::rename, .file = {}, .path = from, .new_path = to}, options,
                "rename");
  }
  /// Removes a name that is no folder's. Gives nothing. Errors: those of unlink(2).
  [[nodiscard]] auto unlink(const std::string& path, const io_options& options = {}) {
    return verb(runtime_, path_request{.code = op_code::unlink, .file = {}, .path = path, .new_path = {}}, options,
                "unlink");
  }
  /// Makes a folder that everybody may use as far as the process's umask allows. Gives nothing. Errors: those of
  /// mkdir(2).
  [[nodiscard]] auto mkdir(const std::string& path, const io_options& options = {}) {
    return verb(runtime_, path_request{.code = op_code::make_directory, .file = {}, .path = path, .new_path = {}},
                options, "mkdir");
  }

 protected:
  explicit shard_disk(shard_runtime& runtime) noexcept : runtime_(runtime) {}
  ~shard_disk() = default;

 private:
  static std::optional<op_result> unless_open(const shard_file& file) {
    if (file.file()) return std::nullopt;
    return op_result{result_kind::system_error, EBADF, 0};
  }
  verb<plain_request> plain(plain_request request, const shard_file& file, const io_options& options,
                            const char* name) {
    request.file = file.file();
    return verb(runtime_, std::move(request), options, name, unless_open(file));
  }
  template <class Buffers>
  verb<transfer_request> transfer(op_code code, const shard_file& file, std::uint64_t offset, const Buffers& buffers,
                                  const io_options& options, const char* name) {
    return verb(runtime_,
                transfer_request{.code = code, .file = file.file(), .offset = offset, .buffers = iovec_array(buffers)},
                options, name, unless_open(file));
  }
  template <class Buffers>
  verb<synced_write_request> synced_write(op_code how, const shard_file& file, std::uint64_t offset,
                                          const Buffers& buffers, const io_options& options, const char* name) {
    return verb(runtime_,
                synced_write_request{
                    {.code = op_code::write, .file = file.file(), .offset = offset, .buffers = iovec_array(buffers)},
                    {.code = how}},
                options, name, unless_open(file));
  }
  verb<owned_transfer_request> transfer(op_code code, const shard_file& file, std::uint64_t offset, owned_buffer buffer,
                                        const io_options& options, const char* name) {
    return verb(
        runtime_,
        owned_transfer_request{.code = code, .file = file.file(), .offset = offset, .buffer = std::move(buffer)},
        options, name, unless_open(file));
  }

  shard_runtime& runtime_;
};

} // namespace shardbridge::detail
