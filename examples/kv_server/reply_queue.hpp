#pragma once

#include "key_operation.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kv_server {

/// Commands of one client that are worked on together: what each shard has to do for them, and the replies, in the
/// order of the commands.
class reply_queue {
 public:
  enum class form : std::uint8_t {
    text,  ///< as it is
    value, ///< of one operation: what it read, or null
    ok,    ///< of one: that it is done
    count, ///< of all: how many found their key
    array, ///< of all: a value each
  };

  /// For so many shards.
  explicit reply_queue(std::size_t shards) : works_(shards) {}

  /// The reply to a command that needs no shard.
  void add_text(std::string text);
  /// A command: so many calls of add_operation() follow.
  void add(form how, std::size_t operations) { parts_.push_back({.how = how, .operations = operations}); }
  /// Key and value outlive the queue, or clear().
  void add_operation(key_operation::verb what, std::string_view key, std::string_view value = {});

  /// By shard; those that have nothing to do among them.
  [[nodiscard]] std::vector<key_work>& works() noexcept { return works_; }
  /// How many commands there are.
  [[nodiscard]] std::size_t size() const noexcept { return parts_.size(); }

  /// Appends what there is in order by now; answered() when that was the last of it.
  void take_replies(std::string& to);
  [[nodiscard]] bool answered() const noexcept { return next_part_ == parts_.size(); }

  /// For the next commands.
  void clear();

 private:
  struct part {
    form how = form::text;
    std::size_t operations = 0;
    std::string text{};
  };
  struct operation_ref {
    std::uint32_t shard;
    std::uint32_t number;
  };

  /// Whether it was taken as a whole.
  bool take(const part& from, std::string& to);
  void take_value(key_operation& from, std::string& to);

  std::vector<key_work> works_;
  std::vector<part> parts_;
  std::vector<operation_ref> operations_; ///< of all parts
  std::size_t next_part_ = 0;
  std::size_t next_operation_ = 0;
  std::size_t taken_ = 0; ///< operations of the next part
  std::size_t yes_ = 0;   ///< of these
  std::string failure_;   ///< the first of these
};

} // namespace kv_server
