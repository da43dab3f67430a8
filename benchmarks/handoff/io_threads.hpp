#pragma once

#include "../common/cpus.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <thread>
#include <vector>

namespace shardbridge::bench {

/// An Asio service: an io_context and the threads that run it, each on any of `cpus`.
class io_threads {
 public:
  io_threads(unsigned threads, const std::vector<int>& cpus)
      : context_(static_cast<int>(threads)), work_(context_.get_executor()) {
    const on_cpus there(cpus);
    for (unsigned i = 0; i != threads; ++i)
      threads_.emplace_back([this] { context_.run(); });
  }
  io_threads(const io_threads&) = delete;
  io_threads& operator=(const io_threads&) = delete;
  ~io_threads() { join(); }

  /// Waits until they have nothing to do any more. Idempotent.
  void join() {
    work_.reset();
    threads_.clear();
  }

  boost::asio::io_context& context() noexcept { return context_; }

 private:
  boost::asio::io_context context_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::vector<std::jthread> threads_;
};

} // namespace shardbridge::bench
