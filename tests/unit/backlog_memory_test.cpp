// Goal: an operation that has been taken from a lane can always be put into the backlog: there is nobody to tell that
// there was no memory. Method: as many bridges as it was told to expect, each with operations of every priority and
// kind, while it is counted what is allocated.
#include "backlog_fixture.hpp"

#include <malloc.h>

namespace shardbridge::detail {
namespace {

std::size_t allocated() {
  return ::mallinfo2().uordblks;
}

TEST_F(backlog_test, allocates_nothing_for_the_bridges_it_expects) {
  if (allocated() == 0) GTEST_SKIP() << "a sanitizer's allocator does not say how much is allocated";
  std::array<test_operation, 24> all;
  const std::array sources{&*a, &*b, &*c};
  for (std::size_t each = 0; each < all.size(); ++each) {
    all[each].joined = sources[each % 3];
    all[each].priority = each / 3 % 2 == 0 ? priority::normal : priority::high;
    all[each].patient = each / 6 % 2 == 0;
  }
  waiting.expect(3);
  const std::size_t before = allocated();
  for (test_operation& each : all)
    waiting.push(each);
  while (operation* const op = waiting.pop(waiting.size() % 2 == 0)) {
    waiting.put_back(*op);
    waiting.erase(*op);
  }
  operation_list out;
  waiting.take_if([](const operation&) { return true; }, out);
  waiting.expect(2);
  EXPECT_EQ(allocated(), before);
  EXPECT_TRUE(waiting.empty());
}

} // namespace
} // namespace shardbridge::detail
