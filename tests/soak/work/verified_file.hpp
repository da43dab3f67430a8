// What a step does to a file of verified blocks: one operation of each kind, begun as was drawn, and what it came to
// noted in the book or compared with it.
#pragma once

#include "../decisions/block_book.hpp"
#include "../decisions/steps.hpp"
#include "scene.hpp"

#include <span>

namespace shardbridge::soak {

/// What was drawn, with what the library is told of it.
struct step {
  file_plan plan;
  std::uint32_t first = 0; ///< block of the file
  op_options options;
  asio::cancellation_slot slot;
  std::span<std::byte> bytes; ///< of `plan.count` blocks
};

/// A file of blocks that know what they are. Its operations are begun on one strand, no two at a time on one block;
/// what is given to them must live until they have ended.
class verified_file {
 public:
  /// Makes the file, with generation 0 of each block. Throws std::runtime_error.
  verified_file(scene& in, std::uint32_t number, std::string path, bridge& link, const expectation& allowed,
                std::uint32_t blocks);

  [[nodiscard]] const block_book& book() const { return book_; }
  /// Nothing that was answered before can be written any more.
  void reopen_book() { book_.reopen(); }
  void cancel() { file_.cancel(); }

  /// False: it is not open.
  asio::awaitable<bool> open();
  asio::awaitable<void> close();
  /// As its plan says; where a write that was answered may still land, it reads instead.
  asio::awaitable<void> run(step& next);
  asio::awaitable<void> read(step& next);
  /// Of settled blocks, to others that are not closed.
  asio::awaitable<void> copy(std::uint32_t source, std::uint32_t target, std::uint32_t count, op_options options);

 private:
  asio::awaitable<void> write(step& next);
  asio::awaitable<void> owned_read(step& next);
  asio::awaitable<void> owned_write(step& next);
  asio::awaitable<void> composed_read(step& next);
  asio::awaitable<void> composed_write(step& next);
  asio::awaitable<void> synced(step& next);
  asio::awaitable<void> sync(step& next);
  asio::awaitable<void> size(step& next);
  asio::awaitable<void> advise(step& next);

  void prepare(const step& next, std::span<std::byte> bytes) const;
  void verify(std::uint32_t first, std::span<std::byte> bytes, std::size_t came) const;
  void expect_all(const char* what, const error_code& failed, std::size_t came, std::size_t wanted) const;
  void note_written(const step& next, const error_code& failed, std::size_t bytes, bool has_buffer = true);

  scene& scene_;
  const std::uint32_t number_;
  const std::string path_;
  bridge& link_;
  const expectation allowed_;
  const std::uint32_t blocks_;
  block_book book_;
  random_access_file file_;
};

} // namespace shardbridge::soak
