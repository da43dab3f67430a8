// Goal: any executor under a bridge, and tests that need not know which. Method: each place makes an execution context
// and threads for it, says whether the calling thread is one where its executor runs handlers, and ends when the
// context is out of work, so that every test also checks that nothing is left outstanding.
#pragma once

#include "service.hpp"

#include <exception>

namespace shardbridge::tests {

class place {
 public:
  place() = default;
  place(const place&) = delete;
  place& operator=(const place&) = delete;
  virtual ~place() = default;

  [[nodiscard]] virtual asio::any_io_executor executor() = 0;
  [[nodiscard]] virtual bool runs_here() = 0;
  /// Runs handlers, where that is left to the caller, until nothing is outstanding.
  virtual void run() {}
  /// Returns when nothing is outstanding; nothing can be begun afterwards.
  virtual void finish() = 0;

  /// Exceptions that two threads have seen: ThreadSanitizer does not know how the standard library counts who has one,
  /// so it must not be the other thread that ends it.
  std::vector<std::exception_ptr> seen;
};

struct one_thread : place {
  static constexpr const char* name = "an_io_context";
  using executor_type = asio::io_context::executor_type;

  executor_type own() { return context.get_executor(); }
  asio::any_io_executor executor() override { return own(); }
  bool runs_here() override { return own().running_in_this_thread(); }
  void run() override {
    context.restart();
    context.run_for(patience);
    EXPECT_TRUE(context.stopped()) << "something is still outstanding";
  }
  void finish() override { run(); }

  asio::io_context context{1};
};

struct many_threads : place {
  static constexpr const char* name = "an_io_context_of_three_threads";
  using executor_type = asio::io_context::executor_type;

  many_threads() {
    for (int each = 0; each < 3; ++each)
      threads.emplace_back([this] { context.run(); });
  }
  ~many_threads() override { work.reset(); }

  executor_type own() { return context.get_executor(); }
  asio::any_io_executor executor() override { return own(); }
  bool runs_here() override { return own().running_in_this_thread(); }
  void finish() override {
    work.reset();
    threads.clear();
  }

  asio::io_context context{3};
  asio::executor_work_guard<executor_type> work{context.get_executor()};
  std::vector<std::jthread> threads;
};

struct pool : place {
  static constexpr const char* name = "a_thread_pool";
  using executor_type = asio::thread_pool::executor_type;

  executor_type own() { return context.get_executor(); }
  asio::any_io_executor executor() override { return own(); }
  bool runs_here() override { return own().running_in_this_thread(); }
  void finish() override { context.join(); }

  asio::thread_pool context{2};
};

struct strand_of_pool : pool {
  static constexpr const char* name = "a_strand_of_a_pool";
  using executor_type = asio::strand<asio::thread_pool::executor_type>;

  executor_type own() { return strand; }
  asio::any_io_executor executor() override { return strand; }
  bool runs_here() override { return strand.running_in_this_thread(); }

  executor_type strand{context.get_executor()};
};

struct strand_of_any : one_thread {
  static constexpr const char* name = "a_strand_of_any_executor";
  using executor_type = asio::strand<asio::any_io_executor>;

  executor_type own() { return strand; }
  asio::any_io_executor executor() override { return strand; }
  bool runs_here() override { return strand.running_in_this_thread(); }

  executor_type strand{one_thread::executor()};
};

/// Its context is never out of work, so what is left outstanding shows elsewhere.
struct system_threads : place {
  static constexpr const char* name = "the_system_executor";
  using executor_type = asio::system_executor;

  executor_type own() { return {}; }
  asio::any_io_executor executor() override { return own(); }
  bool runs_here() override { return std::this_thread::get_id() != maker; }
  void finish() override {}

  std::thread::id maker = std::this_thread::get_id();
};

} // namespace shardbridge::tests
