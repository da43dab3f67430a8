#include <shardbridge/error.hpp>

#include <string>
#include <system_error>

namespace shardbridge {
namespace {

class category final : public boost::system::error_category {
 public:
  const char* name() const noexcept override { return "shardbridge"; }

  std::string message(int value) const override {
    switch (static_cast<errc>(value)) {
    case errc::no_room:
      return "the bridge is full";
    case errc::too_large:
      return "the operation is larger than the bridge's byte limit";
    case errc::expired_waiting:
      return "the deadline passed while waiting for a permit";
    case errc::expired_queued:
      return "the deadline passed before the operation was started";
    case errc::expired_in_flight:
      return "the deadline passed while the kernel worked on the operation";
    case errc::outcome_unknown:
      return "cancelled after the start: whether it took effect is unknown";
    case errc::stopped:
      return "the bridge or its shard group is stopped";
    case errc::shard_failed:
      return "the shard failed";
    case errc::misaligned:
      return "offset, length or address is not aligned for direct I/O";
    }
    return "unknown shardbridge error";
  }

  boost::system::error_condition default_error_condition(int value) const noexcept override {
    switch (static_cast<errc>(value)) {
    case errc::expired_waiting:
    case errc::expired_queued:
    case errc::expired_in_flight:
      return {ETIMEDOUT, boost::system::generic_category()};
    default:
      return {value, *this};
    }
  }
};

} // namespace

const boost::system::error_category& error_category() noexcept {
  static const category instance;
  return instance;
}

} // namespace shardbridge
