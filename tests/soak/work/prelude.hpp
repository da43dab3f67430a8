// What all workers need, precompiled once.
#pragma once

#include <shardbridge/shardbridge.hpp>

#include <boost/asio.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace shardbridge::soak {

namespace asio = boost::asio;
using boost::system::error_code;
using namespace std::chrono_literals;

} // namespace shardbridge::soak
