// Goal: every error has a sentence of its own, those about time equal std::errc::timed_out, and a shard's result
// becomes the error code that belongs to it. Method: every value of the enums, and one beyond.
#include <shardbridge/detail/result.hpp>
#include <shardbridge/error.hpp>

#include <cerrno>
#include <set>
#include <string>
#include <system_error>

#include <gtest/gtest.h>

namespace shardbridge {
namespace {

using boost::system::error_code;

constexpr errc all[] = {errc::no_room,        errc::too_large,         errc::expired_waiting,
                        errc::expired_queued, errc::expired_in_flight, errc::outcome_unknown,
                        errc::stopped,        errc::shard_failed,      errc::misaligned};

TEST(errc, has_a_sentence_for_every_value) {
  const std::string unknown = error_category().message(static_cast<int>(errc::misaligned) + 1);
  EXPECT_EQ(error_category().message(0), unknown) << "0 is success and no error of ours";
  std::set<std::string> sentences{unknown};
  for (const errc each : all)
    EXPECT_TRUE(sentences.insert(error_code(each).message()).second) << static_cast<int>(each);
}

TEST(errc, is_of_a_category_that_names_the_library) {
  EXPECT_STREQ(error_category().name(), "shardbridge");
  for (const errc each : all) {
    const error_code code = each;
    EXPECT_EQ(&code.category(), &error_category());
    EXPECT_EQ(code.value(), static_cast<int>(each));
    EXPECT_TRUE(code.failed());
  }
}

TEST(errc, equals_timed_out_where_it_is_about_time) {
  for (const errc each : all) {
    const bool about_time =
        each == errc::expired_waiting || each == errc::expired_queued || each == errc::expired_in_flight;
    const error_code code = each;
    EXPECT_EQ(code == boost::system::errc::timed_out, about_time) << code;
    EXPECT_EQ(static_cast<std::error_code>(code) == std::errc::timed_out, about_time) << code;
    EXPECT_FALSE(code == boost::asio::error::timed_out) << "which is the socket's";
    EXPECT_EQ(code, each);
  }
}

namespace from = detail;

TEST(to_error_code, keeps_each_kind_apart) {
  using kind = from::result_kind;
  EXPECT_EQ(from::to_error_code({}), error_code());
  EXPECT_EQ(from::to_error_code({kind::success, 0, 77}), error_code());
  EXPECT_EQ(from::to_error_code({kind::system_error, ENOSPC, 5}), error_code(ENOSPC, boost::system::system_category()));
  EXPECT_EQ(from::to_error_code({kind::end_of_file, 0, 0}), error_code(boost::asio::error::eof));
  EXPECT_EQ(from::to_error_code({kind::aborted, 0, 0}), error_code(boost::asio::error::operation_aborted));
  EXPECT_EQ(from::to_error_code({kind::already_open, 0, 0}), error_code(boost::asio::error::already_open));
  for (const errc each : all)
    EXPECT_EQ(from::to_error_code(from::op_result::of(each)), error_code(each));
}

} // namespace
} // namespace shardbridge
