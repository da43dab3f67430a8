#include "engines.hpp"

#include <shardbridge/shardbridge.hpp>

#include <algorithm>
#include <bit>
#include <deque>

namespace shardbridge::bench {
namespace {

namespace asio = boost::asio;

shard_group_options group_options(const pressure_setting& what) {
  shard_group_options options;
  options.shards = what.shards;
  options.ring_entries = std::clamp(std::bit_ceil(what.max_ops / what.shards), options.ring_entries, 8192U);
  return options;
}

bridge_options bridge_options_for(const pressure_setting& what) {
  bridge_options options;
  options.max_ops = what.max_ops;
  options.max_bytes = std::max<std::size_t>(options.max_bytes, what.max_ops * what.block);
  options.max_waiters = what.max_waiters;
  options.when_full = what.engine == pressure_kind::wait ? when_full::wait : when_full::refuse;
  return options;
}

class bounded_bridge final : public pressure_engine {
 public:
  bounded_bridge(const pressure_setting& what, const engine_place& where)
      : listener_(where.listener), group_(group_options(what)),
        bridge_(where.service, group_, bridge_options_for(what)) {
    bridge_.on_level_change([&levels = where.levels](pressure_level to) { levels.note(to); });
    // A file belongs to one shard, so each shard gets one.
    for (unsigned i = 0; i != what.shards; ++i)
      files_.emplace_back(bridge_, where.path,
                          what.direct ? open_flags::read_only | open_flags::direct : open_flags::read_only);
  }

  void initiate(operation& what) override {
    auto& file = files_[what.offset / what.buffer.size() % files_.size()];
    op_options options;
    options.times = &what.times;
    file.async_read_some_at(what.offset, asio::buffer(what.buffer.data(), what.buffer.size()), options,
                            handler{&listener_, &what});
  }

  queue_state state() const override {
    const bridge_stats now = bridge_.stats();
    queue_state result{.accepted = now.accepted,
                       .queued = now.ops + now.waiting,
                       .waiting = now.waiting,
                       .level = now.level,
                       .level_changes = 0,
                       .seconds_in_level = {}};
    for (std::size_t i = 0; i != now.level_entered.size(); ++i) {
      result.level_changes += now.level_entered[i];
      result.seconds_in_level[i] = std::chrono::duration<double>(now.time_in_level[i]).count();
    }
    return result;
  }

  void give_up() override { bridge_.stop(); }

 private:
  struct handler {
    operation_listener* listener;
    operation* what;

    void operator()(const boost::system::error_code& error, std::size_t bytes) const {
      if (!error && bytes == what->buffer.size())
        listener->completed(*what);
      else if (error == errc::no_room)
        listener->refused(*what);
      else if (error == errc::stopped)
        listener->abandoned(*what);
      else
        listener->failed(*what, error ? error.message() : "short read of " + std::to_string(bytes) + " bytes");
    }
  };

  using executor = asio::thread_pool::executor_type;

  operation_listener& listener_;
  shard_group group_;
  basic_bridge<executor> bridge_;
  std::deque<basic_random_access_file<executor>> files_;
};

} // namespace

std::unique_ptr<pressure_engine> make_bounded_bridge(const pressure_setting& what, const engine_place& where) {
  return std::make_unique<bounded_bridge>(what, where);
}

} // namespace shardbridge::bench
