// Whose files the programs here use: those of Boost.Asio, or, where nothing is said, shardbridge's. One line chooses
// the types; what they are made on differs: Asio's on an executor, ours on a bridge of one.
#pragma once

#include <boost/asio.hpp>

#ifndef DROP_IN_ASIO_FILES
#include <shardbridge/shardbridge.hpp>
#endif

namespace asio = boost::asio;

#ifdef DROP_IN_ASIO_FILES

namespace files = boost::asio;

class file_home {
 public:
  explicit file_home(asio::io_context& context) : executor_(context.get_executor()) {}
  const asio::any_io_executor& operator*() const { return executor_; }

 private:
  asio::any_io_executor executor_;
};

#else

namespace files = shardbridge;

class file_home {
 public:
  explicit file_home(asio::io_context& context) : bridge_(context, shards_) {}
  shardbridge::bridge& operator*() { return bridge_; }

 private:
  shardbridge::shard_group shards_;
  shardbridge::bridge bridge_;
};

#endif
