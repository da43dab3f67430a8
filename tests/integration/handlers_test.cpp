// Goal: handlers are treated as Asio treats them: moved, never copied; called on their executor; their operation's
// memory is theirs to provide and is free when they run; what they throw reaches run(). Method: handlers that notice.
#include "support/service.hpp"

#include <temporary_folder.hpp>

#include <stdexcept>

namespace shardbridge::tests {
namespace {

class good_asio_citizen_handlers : public testing::Test {
 protected:
  void read(auto&& handler) {
    file.async_read_some_at(0, asio::buffer(buffer), std::forward<decltype(handler)>(handler));
  }

  const fixtures::temporary_folder folder;
  std::string buffer = std::string(100, '\0');
  service all;
  random_access_file file{all.link, folder.make_file("file", 1000), open_flags::read_only};
};

TEST_F(good_asio_citizen_handlers, that_can_only_be_moved) {
  int seen = 0;
  read([&seen, owned = std::make_unique<int>(7)](const error_code&, std::size_t) { seen += *owned; });
  async_call(
      all.link, 0, [owned = std::make_unique<int>(1)](shard&) { return *owned; },
      [&seen, owned = std::make_unique<int>(10)](const std::exception_ptr&, int one) { seen += *owned * one; });
  ASSERT_TRUE(all.finish());
  EXPECT_EQ(seen, 17);
}

TEST_F(good_asio_citizen_handlers, that_are_destroyed_before_they_are_called_no_more) {
  auto alive = std::make_shared<int>();
  long during = 0;
  read([&during, alive](const error_code&, std::size_t) { during = alive.use_count(); });
  EXPECT_GT(alive.use_count(), 1);
  ASSERT_TRUE(all.finish());
  EXPECT_EQ(during, 2) << "no copy of it is left in the operation";
  EXPECT_EQ(alive.use_count(), 1);
}

/// Counts what is allocated and not freed yet.
template <class T = void>
struct counting_allocator {
  using value_type = T;
  explicit counting_allocator(std::size_t& counted, std::size_t& total) : live(&counted), sum(&total) {}
  template <class Other>
  counting_allocator(const counting_allocator<Other>& other) : live(other.live), sum(other.sum) {}
  T* allocate(std::size_t count) {
    *live += count * sizeof(T);
    ++*sum;
    return std::allocator<T>().allocate(count);
  }
  void deallocate(T* memory, std::size_t count) {
    *live -= count * sizeof(T);
    std::allocator<T>().deallocate(memory, count);
  }
  template <class Other>
  bool operator==(const counting_allocator<Other>& other) const {
    return live == other.live;
  }
  std::size_t* live;
  std::size_t* sum;
};

TEST_F(good_asio_citizen_handlers, with_an_allocator_that_is_used_and_emptied_before_the_call) {
  std::size_t live = 0;
  std::size_t total = 0;
  std::size_t during = 1;
  std::size_t again = 0;
  const counting_allocator<> allocator(live, total);
  read(asio::bind_allocator(allocator, [&](const error_code&, std::size_t) {
    during = live;
    read(asio::bind_allocator(allocator, [&](const error_code&, std::size_t) { again = total; }));
  }));
  EXPECT_GT(live, sizeof(void*));
  ASSERT_TRUE(all.finish());
  EXPECT_EQ(during, 0U);
  EXPECT_EQ(live, 0U);
  EXPECT_GE(again, 2U);
}

TEST_F(good_asio_citizen_handlers, that_throw_lose_nobody_elses_answer) {
  int called = 0;
  int thrown = 0;
  constexpr int count = 300;
  for (int each = 0; each < count; ++each)
    read([&called, each](const error_code&, std::size_t) {
      ++called;
      if (each % 10 == 0) throw std::runtime_error("thrown by a handler");
    });
  for (const auto end = std::chrono::steady_clock::now() + patience;
       called < count && std::chrono::steady_clock::now() < end;) {
    try {
      all.context.restart();
      all.context.run_for(100ms);
    } catch (const std::runtime_error& caught) {
      EXPECT_STREQ(caught.what(), "thrown by a handler");
      ++thrown;
    }
  }
  EXPECT_EQ(called, count);
  EXPECT_EQ(thrown, count / 10);
  EXPECT_TRUE(all.finish());
  expect_balanced(all.link.stats());
}

TEST_F(good_asio_citizen_handlers, that_throw_do_so_out_of_run_of_their_own_context) {
  asio::io_context other;
  read(asio::bind_executor(other.get_executor(),
                           [](const error_code&, std::size_t) { throw std::runtime_error("thrown by a handler"); }));
  EXPECT_NO_THROW(EXPECT_TRUE(all.finish()));
  EXPECT_THROW(other.run_for(patience), std::runtime_error);
  other.run_for(patience);
  EXPECT_TRUE(other.stopped()) << "the work for the handler ends with it";
}

TEST_F(good_asio_citizen_handlers, that_destroy_the_file_and_start_on_another) {
  auto owned = std::make_unique<random_access_file>(all.link, folder.path() / "file", open_flags::read_only);
  outcome others;
  outcome next;
  for (int each = 0; each < 3; ++each)
    owned->async_read_some_at(0, asio::buffer(buffer), [&](const error_code&, std::size_t) {
      ++others.calls;
      if (!owned) return;
      owned.reset();
      read(next.handler());
    });
  ASSERT_TRUE(all.finish());
  EXPECT_EQ(others.calls, 3);
  EXPECT_TRUE(next.succeeded()) << next;
}

TEST_F(good_asio_citizen_handlers, that_start_the_next_operation_a_thousand_times) {
  int left = 1000;
  std::function<void(const error_code&, std::size_t)> again = [&](const error_code& failed, std::size_t bytes) {
    ASSERT_FALSE(failed);
    ASSERT_EQ(bytes, buffer.size());
    if (--left > 0) read(again);
  };
  read(again);
  ASSERT_TRUE(all.finish());
  EXPECT_EQ(left, 0);
  EXPECT_EQ(all.link.stats().accepted, 1000U);
}

} // namespace
} // namespace shardbridge::tests
