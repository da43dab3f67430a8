#include "../reference/designs.hpp"
#include "engines.hpp"

#include <deque>

namespace shardbridge::bench {
namespace {

using executor = boost::asio::io_context::executor_type;

/// No-ops through one of the reference designs, one instance of it for each shard.
class reference_engine final : public handoff_engine {
 public:
  reference_engine(const handoff_setting& what, const handoff_cpus& cpus, design which)
      : handoff_engine(what, cpus), requests_(what.outstanding()) {
    for (reference_request& each : requests_)
      each.ended = &ended;
    const unsigned each = (what.outstanding() + what.shards - 1) / what.shards;
    try {
      for (const int cpu : cpus.shards)
        shards_.push_back(make_design(which, clients().get_executor(), cpu, each));
    } catch (...) {
      leave();
      throw;
    }
  }
  ~reference_engine() override { leave(); }

 private:
  struct request : reference_request {
    reference_engine* engine = nullptr;
    handoff_client* who = nullptr;
  };

  void leave() {
    for (const auto& shard : shards_)
      shard->close();
    join_clients();
  }

  void initiate(handoff_client& who) override {
    request& made = requests_[who.index()];
    made.engine = this;
    made.who = &who;
    made.times = who.times();
    shards_[who.index() % shards_.size()]->submit(made);
  }

  static void ended(reference_request& one) {
    const auto& made = static_cast<request&>(one);
    made.result < 0 ? made.engine->failed(*made.who, errno_text(-made.result)) : made.engine->completed(*made.who);
  }

  std::deque<request> requests_; ///< Of each client.
  std::vector<std::unique_ptr<reference_design<executor>>> shards_;
};

} // namespace

std::unique_ptr<handoff_engine> make_reference_engine(const handoff_setting& what, const handoff_cpus& cpus,
                                                      design which) {
  return std::make_unique<reference_engine>(what, cpus, which);
}

} // namespace shardbridge::bench
