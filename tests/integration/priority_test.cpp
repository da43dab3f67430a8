// Goal: where operations wait for a permit the high ones go first, and the normal ones get one turn in eight. Method:
// one permit, held by a read that never ends until all have come; each call notes that it ran.
#include "support/stuck_reads.hpp"

#include <stop_token>

namespace shardbridge::tests {
namespace {

class priority_for_permits : public testing::Test {
 protected:
  priority_for_permits() { stuck.start(); }
  /// A call that waits, and notes `name` when it runs.
  void call(const op_options& options, char name) {
    async_call(
        all.link, 0, [this, name](shard&) { order.push_back(name); }, options, asio::detached);
  }
  /// In which order they ran.
  std::string run() {
    stuck.pipe.write("x");
    EXPECT_TRUE(all.finish());
    expect_balanced(all.link.stats());
    return order;
  }

  std::string order;
  service all{{}, {.max_ops = 1}};
  stuck_reads stuck{all.link};
};

TEST_F(priority_for_permits, high_overtakes_those_that_wait) {
  call({}, 'a');
  call({.priority = priority::normal}, 'b');
  call({.priority = priority::high}, 'C');
  call({}, 'd');
  call({.priority = priority::high}, 'E');
  EXPECT_EQ(all.link.stats().waiting, 5U);
  EXPECT_EQ(run(), "CEabd");
}

TEST_F(priority_for_permits, normal_gets_one_turn_in_eight) {
  for (const char each : {'a', 'b', 'c'})
    call({}, each);
  for (int each = 0; each < 16; ++each)
    call({.priority = priority::high}, static_cast<char>('A' + each));
  EXPECT_EQ(run(), "ABCDEFGaHIJKLMNbOPc");
}

TEST_F(priority_for_permits, a_high_one_that_gives_up_leaves_its_place) {
  std::stop_source source;
  call({.stop_token = source.get_token(), .priority = priority::high}, 'A');
  call({.priority = priority::high}, 'B');
  call({}, 'c');
  source.request_stop();
  EXPECT_EQ(all.link.stats().waiting, 2U);
  EXPECT_EQ(run(), "Bc");
}

TEST_F(priority_for_permits, a_file_may_have_one_for_all_its_operations) {
  const fixtures::temporary_folder folder;
  random_access_file file(all.link, folder.make_file("file", 10), open_flags::read_only);
  file.default_options({.priority = priority::high});
  std::string buffer(1, '\0');
  op_times of_call;
  op_times of_read;
  outcome read;
  call({.times = &of_call}, 'n');
  file.async_read_some_at(0, asio::buffer(buffer), {.times = &of_read}, read.handler());
  EXPECT_EQ(run(), "n");
  EXPECT_TRUE(read.succeeded()) << read;
  EXPECT_LT(of_read.admitted, of_call.admitted) << "the call came first and goes later";
}

} // namespace
} // namespace shardbridge::tests
