#include "engines.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>

#include <optional>

namespace shardbridge::bench {
namespace {

namespace asio = boost::asio;

class posting_engine : public handoff_engine {
 protected:
  using handoff_engine::handoff_engine;

  template <class Context>
  void post_there_and_back(Context& there, handoff_client& who) {
    asio::post(there, [this, &who] {
      who.work();
      asio::post(clients(), [this, &who] { completed(who); });
    });
  }
};

class post_engine final : public posting_engine {
 public:
  post_engine(const handoff_setting& what, const handoff_cpus& cpus) : posting_engine(what, cpus) {
    for (const int cpu : cpus.shards)
      workers_.emplace_back(1, std::vector{cpu});
  }
  ~post_engine() override { join_clients(); }

 private:
  void initiate(handoff_client& who) override {
    post_there_and_back(workers_[who.index() % workers_.size()].context(), who);
  }

  std::deque<io_threads> workers_;
};

class pool_engine final : public posting_engine {
 public:
  pool_engine(const handoff_setting& what, const handoff_cpus& cpus) : posting_engine(what, cpus) {
    const on_cpus there(cpus.shards);
    workers_.emplace(what.shards);
  }
  ~pool_engine() override {
    join_clients();
    workers_->join();
  }

 private:
  void initiate(handoff_client& who) override { post_there_and_back(*workers_, who); }

  std::optional<asio::thread_pool> workers_;
};

} // namespace

std::unique_ptr<handoff_engine> make_post_engine(const handoff_setting& what, const handoff_cpus& cpus) {
  return std::make_unique<post_engine>(what, cpus);
}

std::unique_ptr<handoff_engine> make_pool_engine(const handoff_setting& what, const handoff_cpus& cpus) {
  return std::make_unique<pool_engine>(what, cpus);
}

} // namespace shardbridge::bench
