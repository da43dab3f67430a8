// Goal: the way of an operation allocates nothing but by the handler's allocator, once its threads are warm. Method:
// every allocation of the process is counted while an operation starts the next a few hundred times.
#include "support/service.hpp"

#include <temporary_folder.hpp>

#include <array>
#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<bool> counting = false;
std::atomic<std::size_t> allocations = 0;

} // namespace

void* operator new(std::size_t size) {
  if (counting) ++allocations;
  if (void* const memory = std::malloc(size > 0 ? size : 1)) return memory;
  throw std::bad_alloc();
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  if (counting) ++allocations;
  return std::malloc(size > 0 ? size : 1);
}
// Where these are inlined, gcc 12 warns of what they do.
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace shardbridge::tests {
namespace {

/// Gives out a few blocks of its own, over and over.
class arena {
 public:
  void* take(std::size_t bytes) {
    EXPECT_LE(bytes, sizeof(block));
    for (std::size_t each = 0; each < blocks_.size(); ++each)
      if (!std::exchange(taken_[each], true)) return &blocks_[each];
    throw std::bad_alloc();
  }
  void give(void* memory) { taken_[static_cast<std::size_t>(static_cast<block*>(memory) - blocks_.data())] = false; }
  [[nodiscard]] bool empty() const { return taken_ == std::array<bool, 4>{}; }

 private:
  struct alignas(std::max_align_t) block {
    std::array<std::byte, 4096> bytes;
  };
  std::array<block, 4> blocks_;
  std::array<bool, 4> taken_{};
};

template <class T>
struct arena_allocator {
  using value_type = T;
  explicit arena_allocator(arena& of) noexcept : from(&of) {}
  template <class Other>
  arena_allocator(const arena_allocator<Other>& other) noexcept : from(other.from) {}
  T* allocate(std::size_t count) { return static_cast<T*>(from->take(count * sizeof(T))); }
  void deallocate(T* memory, std::size_t) noexcept { from->give(memory); }
  bool operator==(const arena_allocator&) const = default;
  arena* from;
};

/// A handler that starts the same again.
template <class Initiate>
struct again {
  using allocator_type = arena_allocator<void>;
  [[nodiscard]] allocator_type get_allocator() const noexcept { return allocator_type(*memory); }

  void operator()(auto&&...) {
    EXPECT_TRUE(memory->empty()) << "the operation's memory is freed before its handler is called";
    counting = *left > 1 && *left <= counted;
    if (--*left > 0) (*initiate)(*this);
  }

  static constexpr int warming = 300;
  static constexpr int counted = 300;
  Initiate* initiate;
  arena* memory;
  int* left;
};

class no_allocation_but_by_the_handlers_allocator : public testing::Test {
 protected:
  template <class Initiate>
  void expect_none(const char* what, Initiate initiate) {
    using handler = again<Initiate>;
    arena memory;
    int left = handler::warming + handler::counted;
    allocations = 0;
    asio::post(all.context, [&] { initiate(handler{&initiate, &memory, &left}); });
    EXPECT_TRUE(all.finish());
    counting = false;
    EXPECT_EQ(left, 0);
    EXPECT_EQ(allocations, 0U) << what;
  }

  const fixtures::temporary_folder folder;
  std::string buffer = std::string(100, '\0');
  service all;
  random_access_file file{all.link, folder.make_file("file", 1000), open_flags::read_write};
};

TEST_F(no_allocation_but_by_the_handlers_allocator, of_transfers) {
  expect_none("a read", [&](auto handler) { file.async_read_some_at(0, asio::buffer(buffer), handler); });
  expect_none("a write", [&](auto handler) { file.async_write_some_at(0, asio::buffer(buffer), handler); });
  expect_none("a composition", [&](auto handler) { asio::async_read_at(file, 0, asio::buffer(buffer), handler); });
  expect_none("what fails at once",
              [&](auto handler) { file.async_read_some_at(0, asio::buffer(buffer), {.timeout = -1ns}, handler); });
}

TEST_F(no_allocation_but_by_the_handlers_allocator, of_what_moves_nothing) {
  expect_none("a sync", [&](auto handler) { file.async_sync_data(handler); });
  expect_none("a nop", [&](auto handler) { async_nop(all.link, 0, handler); });
  expect_none("a call", [&](auto handler) {
    async_call(
        all.link, 0, [](shard& on) { return on.index(); }, handler);
  });
}

/// Calls a function on each of two shards, often; counted when both are warm.
task<std::size_t> allocations_of_calls(shard& self) {
  constexpr int warming = 300;
  for (int left = 2 * warming; left > 0; --left) {
    if (left == warming) {
      allocations = 0;
      counting = true;
    }
    for (std::size_t other = 0; other < 2; ++other)
      co_await self.call(other, [](shard& on) { return on.index(); });
  }
  counting = false;
  co_return allocations.load();
}

TEST(no_allocation, of_calls_between_shards) {
  service all({.shards = 2});
  std::size_t seen = 1;
  async_call(all.link, 0, allocations_of_calls, [&seen](const std::exception_ptr& failed, std::size_t told) {
    EXPECT_FALSE(failed);
    seen = told;
  });
  EXPECT_TRUE(all.finish());
  EXPECT_EQ(seen, 0U);
}

TEST_F(no_allocation_but_by_the_handlers_allocator, of_what_an_owned_buffer_goes_along_with) {
  buffer_pool pool({.bytes = 65536, .largest = 65536});
  expect_none("a read", [&](auto handler) { file.async_read_some_at(0, pool.allocate(100), handler); });
}

} // namespace
} // namespace shardbridge::tests
