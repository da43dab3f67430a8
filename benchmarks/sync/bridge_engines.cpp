#include "asio_engine.hpp"
#include "commit_group.hpp"

#include <shardbridge/shardbridge.hpp>

#include <boost/asio/buffer.hpp>

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace shardbridge::bench {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

bridge_options options_for(const sync_setting& what) {
  bridge_options options;
  options.max_ops = std::max<std::size_t>(options.max_ops, what.depth);
  options.max_bytes = std::max(options.max_bytes, what.depth * what.block);
  return options;
}

class bridged_engine : public asio_sync_engine {
 public:
  explicit bridged_engine(const sync_setting& what)
      : asio_sync_engine(what), bridge_(context(), group_, options_for(what)),
        file_(bridge_, what.path, what.direct ? open_flags::read_write | open_flags::direct : open_flags::read_write) {}
  ~bridged_engine() override { join_clients(); }

 protected:
  auto& file() noexcept { return file_; }

 private:
  using executor = asio::io_context::executor_type;

  shard_group group_;
  basic_bridge<executor> bridge_;
  basic_random_access_file<executor> file_;
};

class linked_engine final : public bridged_engine {
 public:
  using bridged_engine::bridged_engine;

 private:
  void initiate(sync_client& who) override {
    const auto buffer = who.buffer();
    file().async_write_and_sync_data_at(who.offset(), asio::buffer(buffer.data(), buffer.size()),
                                        [this, &who](const error_code& error, const synced_write&) {
                                          if (error) return failed(who, error.message());
                                          count_sync();
                                          completed(who);
                                        });
  }
};

class grouped_engine final : public bridged_engine {
 public:
  using bridged_engine::bridged_engine;
  ~grouped_engine() override { join_clients(); }

 private:
  void initiate(sync_client& who) override {
    group_.add(who);
    // Behind what is ready to run: clients that the same commit let go on go together into the next one.
    if (!std::exchange(asked_, true)) asio::post(context(), [this] { begin(); });
  }

  void begin() {
    asked_ = false;
    if (!group_.begin()) return;
    error_ = {};
    const auto runs = runs_of(group_.members());
    if (runs.size() == 1) return write_and_sync(runs.front());
    writing_ = runs.size();
    for (const commit_run& run : runs)
      write(run);
  }

  /// Places side by side: the kernel goes on to the sync by itself.
  void write_and_sync(const commit_run& run) {
    file().async_write_and_sync_data_at(place_of(run), bytes_of(run),
                                        [this](const error_code& error, const synced_write&) { end(error); });
  }

  void write(const commit_run& run) {
    file().async_write_some_at(place_of(run), bytes_of(run),
                               [this, wanted = run.count * what().block](const error_code& error, std::size_t bytes) {
                                 if (error) error_ = error;
                                 if (!error && bytes != wanted) error_ = asio::error::eof;
                                 if (--writing_ == 0) error_ ? end(error_) : sync();
                               });
  }

  void sync() {
    file().async_sync_data([this](const error_code& error) { end(error); });
  }

  void end(const error_code& error) {
    count_sync();
    for (sync_client* who : group_.end())
      error ? failed(*who, error.message()) : completed(*who);
    // Those who came meanwhile, if nobody that was in the commit has asked already.
    if (!std::exchange(asked_, true)) begin();
  }

  std::uint64_t place_of(const commit_run& run) const noexcept { return group_.members()[run.first]->offset(); }

  std::vector<asio::const_buffer> bytes_of(const commit_run& run) const {
    std::vector<asio::const_buffer> bytes;
    for (std::size_t i = run.first; i != run.first + run.count; ++i) {
      const auto buffer = group_.members()[i]->buffer();
      bytes.emplace_back(buffer.data(), buffer.size());
    }
    return bytes;
  }

  commit_group group_;
  bool asked_ = false; ///< begin() is on its way.
  std::size_t writing_ = 0;
  error_code error_;
};

} // namespace

std::unique_ptr<sync_engine> make_sync_bridge(const sync_setting& what) {
  return std::make_unique<linked_engine>(what);
}

std::unique_ptr<sync_engine> make_sync_bridge_grouped(const sync_setting& what) {
  return std::make_unique<grouped_engine>(what);
}

} // namespace shardbridge::bench
