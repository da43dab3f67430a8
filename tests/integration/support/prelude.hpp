// What every test here needs, precompiled once.
#pragma once

#include <shardbridge/shardbridge.hpp>

#include <boost/asio.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace shardbridge::tests {

namespace asio = boost::asio;
using boost::system::error_code;
using namespace std::chrono_literals;

} // namespace shardbridge::tests
