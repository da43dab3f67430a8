#include "engines.hpp"

#include <boost/asio/experimental/concurrent_channel.hpp>

#include <utility>

namespace shardbridge::bench {
namespace {

namespace asio = boost::asio;

/// A channel and the loop that takes what comes through it, one at a time, on the channel's context.
template <class Take>
class letter_box {
 public:
  /// `capacity` is never exceeded, so nobody waits to send.
  letter_box(asio::io_context& context, std::size_t capacity, Take take)
      : channel_(context, capacity), take_(std::move(take)) {
    receive();
  }

  /// Ends the loop.
  void close() { channel_.close(); }

  void send(handoff_client& who) { channel_.try_send(boost::system::error_code(), &who); }

 private:
  struct received {
    letter_box* box;
    /// An error says that the box is closed.
    void operator()(const boost::system::error_code& error, handoff_client* who) const {
      if (error) return;
      box->receive();
      box->take_(*who);
    }
  };

  void receive() { channel_.async_receive(received{this}); }

  asio::experimental::concurrent_channel<asio::io_context::executor_type,
                                         void(boost::system::error_code, handoff_client*)>
      channel_;
  Take take_;
};

class channel_engine final : public handoff_engine {
 public:
  channel_engine(const handoff_setting& what, const handoff_cpus& cpus)
      : handoff_engine(what, cpus), replies_(clients(), what.outstanding(), handled{this}) {
    for (const int cpu : cpus.shards) {
      workers_.emplace_back(1, std::vector{cpu});
      requests_.emplace_back(workers_.back().context(), what.outstanding(), worked{this});
    }
  }
  ~channel_engine() override {
    replies_.close();
    join_clients();
    for (auto& box : requests_)
      box.close();
    for (auto& worker : workers_)
      worker.join();
  }

 private:
  struct handled {
    channel_engine* engine;
    void operator()(handoff_client& who) const { engine->completed(who); }
  };
  struct worked {
    channel_engine* engine;
    void operator()(handoff_client& who) const {
      who.work();
      engine->replies_.send(who);
    }
  };

  void initiate(handoff_client& who) override { requests_[who.index() % requests_.size()].send(who); }

  std::deque<io_threads> workers_;
  letter_box<handled> replies_;
  std::deque<letter_box<worked>> requests_;
};

} // namespace

std::unique_ptr<handoff_engine> make_channel_engine(const handoff_setting& what, const handoff_cpus& cpus) {
  return std::make_unique<channel_engine>(what, cpus);
}

} // namespace shardbridge::bench
