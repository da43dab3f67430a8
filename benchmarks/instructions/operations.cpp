// Reads of 4 KiB with a deadline, by a bridge of one shard: so many at once as are read in a batch, and one after the
// other. The handler of the closed loop begins the next read, as a busy service does.
#include "counted.hpp"
#include "stepped_bridge.hpp"
#include "stepped_shard.hpp"
#include "steps.hpp"

#include <shardbridge/detail/async_operation.hpp>
#include <shardbridge/detail/requests.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

namespace shardbridge::bench {
namespace {

constexpr std::size_t batch = 64;
constexpr std::size_t batches = 100;
constexpr std::size_t block = 4096;

class reads {
 public:
  reads() { file_->regular = true; }

  /// Its handler counts it, and begins another one as long as some are wanted.
  void begin() {
    using executor = boost::asio::io_context::executor_type;
    using timepoint = std::chrono::steady_clock::time_point;
    op_options options;
    deadline_ += 1000;
    options.deadline = timepoint(std::chrono::nanoseconds(deadline_));
    detail::initiation<executor>(bridge_, context_.get_executor())(
        handler{this},
        detail::transfer_request{detail::op_code::read, file_, ended_ * block,
                                 detail::iovec_array(boost::asio::buffer(memory_))},
        options, op_options{}, no_timeout, detail::own_shard{.index = 0}, std::optional<detail::op_result>());
  }
  /// The shard's part: until nothing is left for it.
  void turn() { shard_.turn(); }
  void serve() { bridge_->serve(); }
  void want(std::size_t more) noexcept { wanted_ = more; }
  [[nodiscard]] std::size_t ended() const noexcept { return ended_; }

 private:
  struct handler {
    reads* of;
    void operator()(boost::system::error_code failed, std::size_t moved) const { of->end(!failed && moved == block); }
  };
  void end(bool well) {
    require(well, "the block is read");
    ++ended_;
    if (wanted_ == 0) return;
    --wanted_;
    begin();
  }

  boost::asio::io_context context_;
  std::array<std::byte, block> memory_{};
  std::shared_ptr<detail::group_core> group_ = std::make_shared<detail::group_core>(shard_group_options{});
  stepped_shard shard_{group_->ports};
  std::shared_ptr<stepped_bridge> bridge_ = std::make_shared<stepped_bridge>(group_);
  detail::file_ref file_{new detail::descriptor};
  std::int64_t deadline_ = shard_.now() + 3'600'000'000'000;
  std::size_t ended_ = 0;
  std::size_t wanted_ = 0; ///< so many are begun by handlers
};

/// Each leg in its turn; only the one that was asked for is counted.
enum class leg : std::uint8_t { initiate, shard, deliver };

void count_leg(const char* name, leg which) {
  reads all;
  const auto walk = [&](leg now, auto step) {
    std::optional<counted> counting;
    if (now == which) counting.emplace();
    step();
  };
  count(name, batch * batches, [&] {
    const std::size_t before = all.ended();
    for (std::size_t each = 0; each < batches; ++each) {
      walk(leg::initiate, [&] {
        for (std::size_t one = 0; one < batch; ++one)
          all.begin();
      });
      walk(leg::shard, [&] { all.turn(); });
      walk(leg::deliver, [&] { all.serve(); });
    }
    require(all.ended() - before == batch * batches, "a turn does a batch");
  });
}

/// `at_once` reads, each of which is followed by another.
void count_closed_loop(const char* name, std::size_t at_once) {
  reads all;
  const std::size_t operations = at_once * batches;
  count(name, operations, [&] {
    const std::size_t before = all.ended();
    all.want(operations - at_once);
    const counted counting;
    for (std::size_t one = 0; one < at_once; ++one)
      all.begin();
    for (std::size_t each = 0; each < batches; ++each) {
      all.turn();
      all.serve();
    }
    require(all.ended() - before == operations, "a turn does a batch");
  });
}

} // namespace

void count_operations() {
  count_leg("read_initiate", leg::initiate);
  count_leg("read_on_shard", leg::shard);
  count_leg("read_deliver", leg::deliver);
  count_closed_loop("read_all_of_64", batch);
  count_closed_loop("read_all_of_1", 1);
}

} // namespace shardbridge::bench
