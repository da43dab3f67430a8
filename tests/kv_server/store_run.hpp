// Goal: tests use the engine as the server does, without a network.
// Method: a group of one shard, and a store on it that is opened, asked and closed from the thread of the test.
#pragma once

#include "data_folder.hpp"
#include "log_store.hpp"

#include <shardbridge/shardbridge.hpp>

#include <boost/asio/io_context.hpp>

#include <exception>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace kv_server {

using key_values = std::map<std::string, std::string>;

class store_run {
 public:
  /// Opens one. Segments are small unless the options say otherwise.
  explicit store_run(store_options with) : options_(std::move(with)) { open(); }
  explicit store_run(const std::string& folder) : store_run(store_options{.folder = folder, .segment_bytes = 4096}) {}
  store_run(const store_run&) = delete;
  store_run& operator=(const store_run&) = delete;
  ~store_run() { close(); }

  void close() {
    if (store_) run([&](shardbridge::shard&) { return close_store(); });
  }
  void reopen() {
    close();
    open();
  }

  /// All done, in as many calls as that takes.
  void execute(key_work& work) {
    while (work.done != work.all.size())
      execute_once(work);
  }
  void execute_once(key_work& work) {
    run([&](shardbridge::shard&) { return store_->execute(work); });
  }
  key_operation one(key_operation::verb what, const std::string& key, const std::string& value = {}) {
    key_work work;
    work.all.push_back({.what = what, .hash = hash_of(key), .key = key, .value = value});
    execute(work);
    return std::move(work.all.front());
  }
  /// "" or why not.
  std::string set(const std::string& key, const std::string& value) {
    return one(key_operation::verb::set, key, value).text;
  }
  bool erase(const std::string& key) {
    return one(key_operation::verb::erase, key).result == key_operation::outcome::yes;
  }
  std::optional<std::string> get(const std::string& key) {
    const key_operation got = one(key_operation::verb::get, key);
    if (got.result != key_operation::outcome::yes) return std::nullopt;
    return std::string(got.answer());
  }
  bool exists(const std::string& key) {
    return one(key_operation::verb::exists, key).result == key_operation::outcome::yes;
  }
  store_numbers numbers() {
    store_numbers out;
    run([&](shardbridge::shard&) { out = store_->numbers(); });
    return out;
  }

  template <class Work>
  void run(Work work) {
    std::exception_ptr failed;
    shardbridge::async_call(bridge_, 0, std::move(work), [&failed](std::exception_ptr why) { failed = why; });
    context_.restart();
    context_.run();
    if (failed) std::rethrow_exception(failed);
  }

 private:
  void open() {
    run([&](shardbridge::shard& on) { return open_store(on); });
  }
  shardbridge::task<> open_store(shardbridge::shard& on) { store_ = co_await log_store::open(on, options_); }
  shardbridge::task<> close_store() {
    const std::unique_ptr<log_store> closing = std::move(store_);
    co_await closing->close();
  }

  store_options options_;
  boost::asio::io_context context_;
  std::unique_ptr<log_store> store_;
  shardbridge::shard_group group_{{.pin = false}};
  shardbridge::bridge bridge_{context_, group_};
};

} // namespace kv_server
