// Goal: what a copy's handler is told of how its task ended. Method: ends that no file brings about at will.
#include <shardbridge/async_copy.hpp>

#include <cerrno>
#include <cstdint>
#include <exception>
#include <new>

#include <gtest/gtest.h>

namespace shardbridge::detail {
namespace {

using boost::system::error_code;

error_code told(const std::exception_ptr& failure, const op_result& how) {
  copy_request request{{.file = {}, .function = copier({}, {}, 0, priority::normal)}};
  if (failure)
    request.result.fail(failure);
  else
    request.result.succeed(0U);
  error_code out = errc::no_room;
  request.complete([&out](const error_code& code, std::uint64_t) { out = code; }, how);
  return out;
}

TEST(copy_request, tells_how_its_task_ended) {
  const error_code full(ENOSPC, boost::system::system_category());
  EXPECT_EQ(told(nullptr, {}), error_code());
  EXPECT_EQ(told(std::make_exception_ptr(boost::system::system_error(full)), {}), full);
  EXPECT_EQ(told(std::make_exception_ptr(std::bad_alloc()), {}), boost::system::errc::not_enough_memory);
  EXPECT_EQ(told(nullptr, op_result::of(errc::outcome_unknown)), errc::outcome_unknown);
}

} // namespace
} // namespace shardbridge::detail
