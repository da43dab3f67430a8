// Goal: Range fields choose the bytes that RFC 9110 says. Method: tables, and every piece of every range of small
// files.
#include "byte_range.hpp"
#include "piece_cursor.hpp"

#include <gtest/gtest.h>

#include <string>

namespace http_file_server {
namespace {

using enum byte_range::kind;

byte_range part_of(std::uint64_t first, std::uint64_t length) {
  return {.what = part, .first = first, .length = length};
}
const byte_range all{.what = whole, .first = 0, .length = 100};
const byte_range none{.what = unsatisfiable};

TEST(ByteRange, FromFirstToLast) {
  EXPECT_EQ(choose_range("bytes=0-0", 100), part_of(0, 1));
  EXPECT_EQ(choose_range("bytes=10-19", 100), part_of(10, 10));
  EXPECT_EQ(choose_range("Bytes= 10-19 ", 100), part_of(10, 10));
  EXPECT_EQ(choose_range("bytes=0-99", 100), part_of(0, 100));
  EXPECT_EQ(choose_range("bytes=90-1000", 100), part_of(90, 10));
  EXPECT_EQ(choose_range("bytes=90-", 100), part_of(90, 10));
}

TEST(ByteRange, TheLastBytes) {
  EXPECT_EQ(choose_range("bytes=-1", 100), part_of(99, 1));
  EXPECT_EQ(choose_range("bytes=-1000", 100), part_of(0, 100));
}

TEST(ByteRange, WhatDoesNotExist) {
  EXPECT_EQ(choose_range("bytes=100-", 100), none);
  EXPECT_EQ(choose_range("bytes=100-200", 100), none);
  EXPECT_EQ(choose_range("bytes=-0", 100), none);
  EXPECT_EQ(choose_range("bytes=0-", 0), none);
  EXPECT_EQ(choose_range("bytes=-5", 0), none);
  EXPECT_EQ(choose_range("bytes=99999999999999999999999-", 100), none);
}

TEST(ByteRange, WhatIsIgnored) {
  for (const char* field : {"", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=5", "bytes=9-3", "bytes=1-2,4-5",
                            "items=0-1", "bytes=+1-2", "bytes=1-2x", "bytes=1-x", "bytes=--1"})
    EXPECT_EQ(choose_range(field, 100), all) << field;
  EXPECT_EQ(choose_range("bytes=10-99999999999999999999999", 100), part_of(10, 90));
}

TEST(PieceCursor, PiecesEndAtMultiplesOfTheirSize) {
  piece_cursor cursor(10, 30, 16, 1);
  EXPECT_EQ(cursor.next(), (piece{.offset = 10, .length = 6, .skip = 0, .bytes = 6}));
  EXPECT_EQ(cursor.next(), (piece{.offset = 16, .length = 16, .skip = 0, .bytes = 16}));
  EXPECT_EQ(cursor.next(), (piece{.offset = 32, .length = 8, .skip = 0, .bytes = 8}));
  EXPECT_TRUE(cursor.done());
}

TEST(PieceCursor, AlignedReadsAreCut) {
  piece_cursor cursor(10, 30, 16, 8);
  EXPECT_EQ(cursor.next(), (piece{.offset = 8, .length = 8, .skip = 2, .bytes = 6}));
  EXPECT_EQ(cursor.next(), (piece{.offset = 16, .length = 16, .skip = 0, .bytes = 16}));
  EXPECT_EQ(cursor.next(), (piece{.offset = 32, .length = 8, .skip = 0, .bytes = 8}));
  EXPECT_TRUE(cursor.done());
}

TEST(PieceCursor, EveryByteOnceWhateverTheRange) {
  for (std::size_t alignment = 1; alignment <= 16; alignment *= 2)
    for (std::uint64_t first = 0; first != 40; ++first)
      for (std::uint64_t length = 0; length != 60; ++length) {
        std::uint64_t at = first;
        for (piece_cursor cursor(first, length, 16, alignment); !cursor.done();) {
          const piece next = cursor.next();
          ASSERT_EQ(next.offset + next.skip, at);
          ASSERT_EQ(next.offset % alignment, 0U);
          ASSERT_EQ(next.length % alignment, 0U);
          ASSERT_LE(next.skip + next.bytes, next.length);
          ASSERT_LE(next.length, 16U);
          ASSERT_GT(next.bytes, 0U);
          at += next.bytes;
        }
        ASSERT_EQ(at, first + length);
      }
}

} // namespace
} // namespace http_file_server
