#pragma once

#include <cstddef>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kv_server {

/// What of a client's commands is too much.
struct resp_limits {
  std::size_t bulk_bytes = std::size_t{16} << 20;    ///< of one word
  std::size_t command_bytes = std::size_t{32} << 20; ///< of a command
  std::size_t words = std::size_t{1} << 20;          ///< of a command
  std::size_t line_bytes = std::size_t{64} << 10;    ///< of a line, be it a length or what somebody typed
};

/// Finds commands in what a client sends: arrays of bulk strings, or lines as typed by hand. What has been looked at is
/// not looked at again when more has come.
class resp_reader {
 public:
  enum class status { command, incomplete, broken };

  explicit resp_reader(const resp_limits& bounds) noexcept : limits_(bounds) {}

  /// `input` begins with the first byte behind the command before; after `incomplete` the same again, and more.
  [[nodiscard]] status next(std::string_view input);

  /// Of the command; none: it was empty, and needs no answer. Views of `input`, or of what is kept until forget().
  [[nodiscard]] std::span<const std::string_view> words() const noexcept { return words_; }
  /// Of it, all told.
  [[nodiscard]] std::size_t bytes() const noexcept { return at_; }
  /// What is broken, as Redis says it.
  [[nodiscard]] const std::string& error() const noexcept { return error_; }

  /// The next call gives the command that was given last once more, for the same input.
  void again() noexcept { over_ = true; }
  /// The words of lines go.
  void forget() noexcept { typed_.clear(); }

 private:
  struct extent {
    std::size_t at;
    std::size_t size;
  };

  void begin() noexcept;
  [[nodiscard]] status next_line(std::string_view input);
  [[nodiscard]] status next_array(std::string_view input);
  [[nodiscard]] status next_word(std::string_view input);
  /// A line that is a number behind its first character.
  [[nodiscard]] status next_number(std::string_view input, const char* too_long, const char* invalid, long long most);
  [[nodiscard]] status fail(std::string what);

  const resp_limits limits_;
  bool over_ = true; ///< the command before; the next one begins
  bool in_array_ = false;
  bool in_word_ = false;
  std::size_t at_ = 0;
  std::size_t left_ = 0; ///< words to come
  long long number_ = 0;
  std::vector<extent> found_;
  std::vector<std::string_view> words_;
  std::deque<std::string> typed_;
  std::string error_;
};

} // namespace kv_server
