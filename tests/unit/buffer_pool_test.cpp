// Goal: a pool gives each buffer memory of its own and takes it back, and its counters say exactly what is out.
// Method: pools that a few buffers fill; threads that write to what they own and exchange it; under AddressSanitizer a
// use after the end of the ownership.
#include "buffer_pool_fixture.hpp"
#include "seed.hpp"

#include <shardbridge/detail/sanitizers.hpp>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <fstream>
#include <limits>
#include <mutex>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#if SHARDBRIDGE_ADDRESS_SANITIZER
#include <sanitizer/asan_interface.h>
#endif

namespace shardbridge {
namespace {

static_assert(!std::is_copy_constructible_v<buffer_pool> && !std::is_copy_assignable_v<buffer_pool>);

TEST(buffer_pool, aligns_every_buffer_to_the_smallest) {
  for (const std::size_t smallest : {std::size_t{512}, std::size_t{4096}, std::size_t{65536}, std::size_t{4} << 20U}) {
    buffer_pool pool({.bytes = smallest * 8, .largest = smallest * 4, .smallest = smallest});
    std::vector<owned_buffer> all;
    for (const std::size_t bytes : {smallest, smallest * 2, smallest, smallest * 4}) {
      all.push_back(pool.allocate(bytes));
      EXPECT_TRUE(aligned(all.back(), smallest)) << smallest;
      all.back().data()[0] = all.back().data()[bytes - 1] = std::byte{1};
    }
    EXPECT_FALSE(pool.try_allocate(1)) << "it is full";
  }
}

TEST(buffer_pool, gives_each_its_own_memory) {
  buffer_pool pool(four_of_4k);
  std::vector<owned_buffer> all;
  for (std::size_t each = 0; each < 4; ++each) {
    all.push_back(pool.allocate(4096));
    fill(all.back(), static_cast<std::byte>(each));
  }
  for (std::size_t each = 0; each < 4; ++each)
    EXPECT_TRUE(is_filled(all[each], static_cast<std::byte>(each))) << each;
}

TEST(buffer_pool, rounds_its_bytes_up_to_the_largest_buffer) {
  EXPECT_EQ(buffer_pool().stats().capacity, std::uint64_t{64} << 20U);
  EXPECT_EQ(buffer_pool({.bytes = 1}).stats().capacity, std::uint64_t{1} << 20U);
  EXPECT_EQ(buffer_pool({.bytes = 16385, .largest = 8192}).stats().capacity, 24576U);
}

TEST(buffer_pool, refuses_and_counts_what_finds_no_room) {
  buffer_pool pool(four_of_4k);
  owned_buffer half = pool.allocate(8192);
  const owned_buffer quarter = pool.allocate(4096);
  EXPECT_THROW(static_cast<void>(pool.allocate(8192)), std::bad_alloc);
  expect_none(pool.try_allocate(8192));
  EXPECT_EQ(pool.stats().refused, 2U);
  expect_in_use(pool, 2, 12288);

  half.reset();
  EXPECT_TRUE(pool.try_allocate(8192)) << "there is room again";
  EXPECT_EQ(pool.stats().refused, 2U);
  expect_in_use(pool, 1, 4096);
}

TEST(buffer_pool, refuses_what_is_larger_than_the_largest) {
  buffer_pool pool(four_of_4k);
  EXPECT_EQ(refusal<std::length_error>([&] { static_cast<void>(pool.allocate(16385)); }),
            "buffer_pool::allocate: more bytes than buffer_pool_options::largest");
  expect_none(pool.try_allocate(16385));
  expect_none(pool.try_allocate(std::numeric_limits<std::size_t>::max()));
  EXPECT_EQ(pool.stats().refused, 0U) << "room is not what they lack";
  EXPECT_TRUE(pool.try_allocate(16384));
}

struct nonsense {
  buffer_pool_options options;
  const char* sentence;
};

class buffer_pool_refuses : public testing::TestWithParam<nonsense> {};

TEST_P(buffer_pool_refuses, nonsense_with_a_sentence) {
  EXPECT_EQ(refusal<std::invalid_argument>([] { const buffer_pool pool(GetParam().options); }), GetParam().sentence);
}

constexpr const char* smallest_sentence = "buffer_pool_options::smallest must be a power of two from 512";
constexpr const char* largest_sentence = "buffer_pool_options::largest must be a power of two from smallest to 2^30";
constexpr const char* bytes_sentence = "buffer_pool_options::bytes must be 1 to 2^40";
INSTANTIATE_TEST_SUITE_P(
    of, buffer_pool_refuses,
    testing::Values(nonsense{{.smallest = 0}, smallest_sentence}, nonsense{{.smallest = 256}, smallest_sentence},
                    nonsense{{.smallest = 513}, smallest_sentence}, nonsense{{.largest = 0}, largest_sentence},
                    nonsense{{.largest = 2048}, largest_sentence}, nonsense{{.largest = 4097}, largest_sentence},
                    nonsense{{.largest = std::size_t{1} << 31U}, largest_sentence},
                    nonsense{{.bytes = 0}, bytes_sentence},
                    nonsense{{.bytes = (std::size_t{1} << 40U) + 1}, bytes_sentence}));

/// As much address space as the process has now and `more` bytes, until the end of the scope.
class address_space_limit {
 public:
  explicit address_space_limit(std::size_t more) {
    std::size_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages;
    ::getrlimit(RLIMIT_AS, &before_);
    ::rlimit limit = before_;
    limit.rlim_cur = pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)) + more;
    ::setrlimit(RLIMIT_AS, &limit);
  }
  ~address_space_limit() { ::setrlimit(RLIMIT_AS, &before_); }
  address_space_limit(const address_space_limit&) = delete;
  address_space_limit& operator=(const address_space_limit&) = delete;

 private:
  ::rlimit before_{};
};

TEST(buffer_pool, says_so_where_there_is_not_so_much_memory) {
  constexpr std::size_t gib = std::size_t{1} << 30U;
  const address_space_limit limit(gib);
  EXPECT_THROW(buffer_pool({.bytes = 4 * gib, .largest = gib}), std::bad_alloc);
}

TEST(buffer_pool, gives_all_addresses_back) {
  // Only a leak fills it: a pool takes a quarter.
  constexpr std::size_t mib = std::size_t{1} << 20U;
  const address_space_limit limit(1024 * mib);
  for (int round = 0; round < 20; ++round) {
    std::optional<buffer_pool> pool(std::in_place, buffer_pool_options{128 * mib, 128 * mib, 128 * mib});
    const owned_buffer buffer = pool->allocate(1);
    pool.reset();
  }
}

/// One of the threads that share a pool: it writes to what it owns, looks whether it stays so, and now and then
/// exchanges a buffer with the others.
class pool_user {
 public:
  pool_user(buffer_pool& pool, std::uint64_t seed) : pool_(pool), random_(seed) {}

  void run(std::mutex& mutex, owned_buffer& exchanged) {
    for (int round = 0; round < 5000; ++round) {
      if (random_.one_in(2))
        acquire();
      else if (!owned.empty())
        release(mutex, exchanged);
      const buffer_pool_stats now = pool_.stats();
      if (now.bytes_in_use > now.capacity || now.bytes_in_use < 512 * now.buffers_in_use) ++miscounted;
    }
  }

  std::vector<owned_buffer> owned;
  std::uint64_t refused = 0;
  std::uint64_t spoilt = 0;
  std::uint64_t miscounted = 0;

 private:
  /// The first byte says what all others must be.
  static bool is_spoilt(const owned_buffer& buffer) { return !is_filled(buffer, buffer.data()[0]); }

  void acquire() {
    owned_buffer buffer = pool_.try_allocate(random_.roll(8192 + 1));
    if (!buffer) {
      ++refused;
      return;
    }
    fill(buffer, static_cast<std::byte>(random_.roll(256)));
    owned.push_back(std::move(buffer));
  }
  void release(std::mutex& mutex, owned_buffer& exchanged) {
    std::swap(owned[random_.roll(owned.size())], owned.back());
    if (is_spoilt(owned.back())) ++spoilt;
    owned_buffer gone = std::move(owned.back());
    owned.pop_back();
    if (!random_.one_in(4)) return;
    const std::lock_guard lock(mutex);
    std::swap(gone, exchanged);
  }

  buffer_pool& pool_;
  detail::dice random_;
};

TEST(buffer_pool, is_shared_by_threads) {
  const std::uint64_t seed = detail::test_seed();
  TRACE_SEED(seed);
  buffer_pool pool({.bytes = 65536, .largest = 8192, .smallest = 512});
  owned_buffer exchanged;
  std::mutex mutex;
  std::vector<pool_user> users;
  for (std::uint64_t each = 0; each < 4; ++each)
    users.emplace_back(pool, seed + each);
  std::atomic<bool> go{false};
  std::vector<std::thread> threads;
  threads.reserve(users.size());
  for (pool_user& user : users)
    threads.emplace_back([&] {
      while (!go.load())
        std::this_thread::yield();
      user.run(mutex, exchanged);
    });
  go = true;
  for (std::thread& each : threads)
    each.join();

  std::uint64_t refused = 0;
  std::uint64_t buffers = exchanged ? 1 : 0;
  std::uint64_t bytes = exchanged.capacity();
  for (const pool_user& user : users) {
    EXPECT_EQ(user.spoilt, 0U);
    EXPECT_EQ(user.miscounted, 0U);
    refused += user.refused;
    buffers += user.owned.size();
    for (const owned_buffer& buffer : user.owned)
      bytes += buffer.capacity();
  }
  EXPECT_GT(refused, 0U) << "they never filled it";
  EXPECT_EQ(pool.stats().refused, refused);
  expect_in_use(pool, buffers, bytes);

  users.clear();
  exchanged.reset();
  expect_in_use(pool, 0, 0);
  std::vector<owned_buffer> all(8);
  for (owned_buffer& each : all)
    each = pool.allocate(8192);
  expect_in_use(pool, 8, 65536);
}

#if SHARDBRIDGE_ADDRESS_SANITIZER
void read_first_byte(const std::byte* data) {
  *const_cast<volatile const std::byte*>(data);
}

TEST(buffer_pool_poison, catches_a_use_after_release) {
  buffer_pool pool(four_of_4k);
  const owned_buffer neighbour = pool.allocate(4096);
  owned_buffer buffer = pool.allocate(4096);
  const std::byte* const data = buffer.data();
  read_first_byte(data);
  buffer.reset();
  EXPECT_DEATH(read_first_byte(data), "use-after-poison");
  read_first_byte(neighbour.data());
}

TEST(buffer_pool_poison, catches_a_step_beyond_the_capacity) {
  buffer_pool pool(four_of_4k);
  const owned_buffer buffer = pool.allocate(4096);
  read_first_byte(buffer.data() + 4095);
  EXPECT_DEATH(read_first_byte(buffer.data() + 4096), "use-after-poison");
}

TEST(buffer_pool_poison, ends_with_the_pool) {
  // The kernel may give the same addresses to whoever maps next, who must find them clean.
  std::byte* data = nullptr;
  {
    buffer_pool pool(four_of_4k);
    data = pool.allocate(1).data();
  }
  EXPECT_EQ(__asan_region_is_poisoned(data, 4096), nullptr);
}
#endif

} // namespace
} // namespace shardbridge
