#include "../common/failure.hpp"
#include "../reference/designs.hpp"
#include "client_fleet.hpp"
#include "engines.hpp"

#include <boost/asio/append.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/dispatch.hpp>

#include <fcntl.h>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

namespace shardbridge::bench {
namespace {

namespace asio = boost::asio;

/// Reads and writes through one of the reference designs, one instance of it for each shard.
class reference_engine final : public engine {
 public:
  reference_engine(const workload& what, block_ledger* ledger, design which) : fleet_(what, ledger) {
    const int flags = (writes(what.rw) ? O_RDWR : O_RDONLY) | (what.direct ? O_DIRECT : 0) | O_CLOEXEC;
    file_ = unique_descriptor(::open(what.path.c_str(), flags));
    if (file_.get() < 0) throw run_failure("cannot open the file: " + errno_text());
    // Where the library puts shards by itself: from the last CPU down.
    const std::vector<int> usable = usable_cpus();
    const unsigned each = (what.depth + what.shards - 1) / what.shards;
    try {
      for (std::size_t i = 0; i != what.shards; ++i)
        shards_.push_back(
            make_design(which, fleet_.get_executor(), usable[usable.size() - 1 - i % usable.size()], each));
    } catch (...) {
      leave();
      throw;
    }
  }
  ~reference_engine() override { leave(); }

  round_result run_round(double seconds) override {
    return fleet_.run_round(
        seconds, [this](const block_client& client, auto token) { return async_transfer(client, std::move(token)); });
  }

 private:
  template <class Handler>
  struct operation : reference_request {
    explicit operation(Handler&& made) : handler(std::move(made)) { ended = &operation::complete; }

    static void complete(reference_request& one) {
      const std::unique_ptr<operation> self(static_cast<operation*>(&one));
      boost::system::error_code error;
      if (self->result < 0) error.assign(-self->result, boost::system::system_category());
      const std::size_t bytes = self->result < 0 ? 0 : static_cast<std::size_t>(self->result);
      const auto executor = asio::get_associated_executor(self->handler);
      asio::dispatch(executor, asio::append(std::move(self->handler), error, bytes));
    }

    Handler handler;
  };

  template <class Token>
  auto async_transfer(const block_client& client, Token token) {
    return asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
        [this](auto handler, const block_client* from) {
          auto made = std::make_unique<operation<decltype(handler)>>(std::move(handler));
          made->what = from->is_write() ? reference_request::kind::write : reference_request::kind::read;
          made->file = file_.get();
          made->memory = from->buffer().data();
          made->bytes = static_cast<unsigned>(from->buffer().size());
          made->offset = from->offset();
          shards_[from->index() % shards_.size()]->submit(*made.release());
        },
        token, &client);
  }

  void leave() {
    for (const auto& shard : shards_)
      shard->close();
  }

  unique_descriptor file_;
  // Behind the end of the fleet's threads.
  std::vector<std::unique_ptr<reference_design<client_fleet::executor_type>>> shards_;
  client_fleet fleet_;
};

} // namespace

std::unique_ptr<engine> make_reference_engine(const workload& what, block_ledger* ledger, design which) {
  return std::make_unique<reference_engine>(what, ledger, which);
}

} // namespace shardbridge::bench
