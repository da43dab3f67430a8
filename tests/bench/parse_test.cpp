// Goal: what users write on the command line is understood, or refused with a sentence that names the option.
// Method: tables of texts and values.

#include "common/parse.hpp"
#include "sentence_of.hpp"

#include <gtest/gtest.h>

namespace shardbridge::bench {
namespace {

using namespace std::chrono_literals;

TEST(parse_size, takes_suffixes) {
  EXPECT_EQ(parse_size("--size", "4096"), 4096U);
  EXPECT_EQ(parse_size("--size", "4K"), 4096U);
  EXPECT_EQ(parse_size("--size", "4k"), 4096U);
  EXPECT_EQ(parse_size("--size", "4KiB"), 4096U);
  EXPECT_EQ(parse_size("--size", "4kb"), 4096U);
  EXPECT_EQ(parse_size("--size", "512M"), 512U << 20);
  EXPECT_EQ(parse_size("--size", "3G"), 3ULL << 30);
  EXPECT_EQ(parse_size("--size", "2T"), 2ULL << 40);
  EXPECT_EQ(parse_size("--size", "512b"), 512U);
}

TEST(parse_size, refuses_nonsense) {
  for (const char* text : {"", "K", "4X", "4KK", "4 K", "four", "0x10", "4iK", "1.5G"})
    EXPECT_EQ(sentence_of([&] { parse_size("--size", text); }),
              "--size '" + std::string(text) + "' is not a size such as 4096, 4K, 512M or 2G");
  EXPECT_EQ(sentence_of([] { parse_size("--size", "0"); }), "--size '0' must be more than 0");
  EXPECT_EQ(sentence_of([] { parse_size("--size", "-4K"); }), "--size '-4K' must not be negative");
}

TEST(parse_size, refuses_overflow) {
  EXPECT_EQ(sentence_of([] { parse_size("--size", "8388608T"); }), "--size '8388608T' is too large");
  EXPECT_EQ(sentence_of([] { parse_size("--size", "99999999999999999999"); }),
            "--size '99999999999999999999' is too large");
  EXPECT_EQ(parse_size("--size", "8388607T"), 8388607ULL << 40);
}

TEST(parse_count, keeps_to_its_range) {
  EXPECT_EQ(parse_count("--depth", "128", 1, 1024), 128U);
  EXPECT_EQ(sentence_of([] { parse_count("--depth", "0", 1, 9); }), "--depth '0' must be at least 1");
  EXPECT_EQ(sentence_of([] { parse_count("--depth", "10", 1, 9); }), "--depth '10' must be at most 9");
  EXPECT_EQ(sentence_of([] { parse_count("--depth", "-1", 1, 9); }), "--depth '-1' must not be negative");
  EXPECT_EQ(sentence_of([] { parse_count("--depth", "1.5", 1, 9); }), "--depth '1.5' is not a whole number");
  EXPECT_EQ(sentence_of([] { parse_count("--depth", "", 1, 9); }), "--depth '' is not a whole number");
}

TEST(parse_duration, needs_a_unit) {
  EXPECT_EQ(parse_duration("--timeout", "50ms"), 50ms);
  EXPECT_EQ(parse_duration("--timeout", "7us"), 7us);
  EXPECT_EQ(parse_duration("--timeout", "2s"), 2s);
  EXPECT_EQ(parse_duration("--timeout", "1m"), 1min);
  for (const char* text : {"50", "", "ms", "5h", "1.5s"})
    EXPECT_NE(sentence_of([&] { parse_duration("--timeout", text); }).find("is not a duration"), std::string::npos)
        << text;
  EXPECT_EQ(sentence_of([] { parse_duration("--timeout", "0ms"); }), "--timeout '0ms' must be more than 0");
  EXPECT_EQ(sentence_of([] { parse_duration("--timeout", "1441m"); }), "--timeout '1441m' is more than a day");
}

TEST(parse_seconds, takes_fractions) {
  EXPECT_DOUBLE_EQ(parse_seconds("--seconds", "0.25"), 0.25);
  EXPECT_DOUBLE_EQ(parse_seconds("--seconds", "3"), 3);
  EXPECT_DOUBLE_EQ(parse_seconds("--seconds", "2s"), 2);
  EXPECT_DOUBLE_EQ(parse_seconds("--seconds", "500ms"), 0.5);
  for (const char* text : {"", "abc", "1x", "nan", "inf", "s"})
    EXPECT_EQ(sentence_of([&] { parse_seconds("--seconds", text); }),
              "--seconds '" + std::string(text) + "' is not a number of seconds");
  for (const char* text : {"0", "-1", "0.0", "-0.5s"})
    EXPECT_EQ(sentence_of([&] { parse_seconds("--seconds", text); }),
              "--seconds '" + std::string(text) + "' must be more than 0");
}

TEST(parse_sizes, keeps_each_once_in_order) {
  EXPECT_EQ(parse_sizes("--block", "1M,4K,1024K"), (std::vector<std::uint64_t>{1U << 20, 4096}));
  EXPECT_EQ(sentence_of([] { static_cast<void>(parse_sizes("--block", "4K,0")); }), "--block '0' must be more than 0");
}

TEST(split_list, refuses_empty_entries) {
  EXPECT_EQ(split_list("--engine", "raw"), (std::vector<std::string>{"raw"}));
  EXPECT_EQ(split_list("--engine", "raw,pool"), (std::vector<std::string>{"raw", "pool"}));
  for (const char* text : {"", ",", "raw,", ",raw", "raw,,pool"})
    EXPECT_EQ(sentence_of([&] { split_list("--engine", text); }),
              "--engine '" + std::string(text) + "' has an empty entry");
}

TEST(size_text, uses_the_largest_unit) {
  EXPECT_EQ(size_text(17), "17 bytes");
  EXPECT_EQ(size_text(4096), "4 KiB");
  EXPECT_EQ(size_text(512ULL << 20), "512 MiB");
  EXPECT_EQ(size_text(3ULL << 29), "1.5 GiB");
}

} // namespace
} // namespace shardbridge::bench
