#include "engines.hpp"

#include <shardbridge/shardbridge.hpp>

#include <bit>

namespace shardbridge::bench {
namespace {

namespace asio = boost::asio;

shard_group_options group_options(const handoff_setting& what, const handoff_cpus& cpus) {
  shard_group_options options;
  options.shards = what.shards;
  options.cpus = cpus.shards;
  options.spin = what.spin;
  options.ring_entries =
      std::clamp(std::bit_ceil((what.outstanding() + what.shards - 1) / what.shards), options.ring_entries, 8192U);
  return options;
}

bridge_options bridge_options_for(const handoff_setting& what) {
  bridge_options options;
  options.max_ops = std::max<std::size_t>(options.max_ops, what.outstanding());
  options.spin = what.spin;
  return options;
}

class bridged_engine : public handoff_engine {
 public:
  bridged_engine(const handoff_setting& what, const handoff_cpus& cpus)
      : handoff_engine(what, cpus), group_(group_options(what, cpus)),
        bridge_(clients(), group_, bridge_options_for(what)) {}

 protected:
  auto& bridge() noexcept { return bridge_; }
  std::size_t shard_of(const handoff_client& who) const noexcept { return who.index() % group_.size(); }

 private:
  shard_group group_;
  basic_bridge<asio::io_context::executor_type> bridge_;
};

class bridge_engine final : public bridged_engine {
 public:
  using bridged_engine::bridged_engine;

 private:
  struct handler {
    bridge_engine* engine;
    handoff_client* who;
    void operator()(const boost::system::error_code& error) const {
      error ? engine->failed(*who, error.message()) : engine->completed(*who);
    }
  };

  void initiate(handoff_client& who) override {
    op_options options;
    options.times = who.times();
    async_nop(bridge(), shard_of(who), options, handler{this, &who});
  }
};

class call_engine final : public bridged_engine {
 public:
  using bridged_engine::bridged_engine;

 private:
  struct nothing {
    void operator()(shard&) const noexcept {}
  };

  struct handler {
    call_engine* engine;
    handoff_client* who;
    void operator()(const std::exception_ptr& failure) const {
      failure ? engine->failed(*who, sentence_of(failure)) : engine->completed(*who);
    }
  };

  static std::string sentence_of(const std::exception_ptr& failure) {
    try {
      std::rethrow_exception(failure);
    } catch (const std::exception& caught) {
      return caught.what();
    }
  }

  void initiate(handoff_client& who) override {
    op_options options;
    options.times = who.times();
    async_call(bridge(), shard_of(who), nothing(), options, handler{this, &who});
  }
};

} // namespace

std::unique_ptr<handoff_engine> make_bridge_engine(const handoff_setting& what, const handoff_cpus& cpus) {
  return std::make_unique<bridge_engine>(what, cpus);
}

std::unique_ptr<handoff_engine> make_call_engine(const handoff_setting& what, const handoff_cpus& cpus) {
  return std::make_unique<call_engine>(what, cpus);
}

} // namespace shardbridge::bench
