// Initiating functions of every kind, as functions of their token: with and without values, with values that can only
// be moved, by an exception instead of an error, composed by Asio.
#pragma once

#include "token_told.hpp"

#include <memory>

namespace shardbridge::tests {

template <class File>
struct reading {
  using tells = told<std::size_t>;
  static constexpr bool throws = false;
  File& file;
  std::uint64_t offset;
  asio::mutable_buffer into;

  auto operator()(auto&& token) const {
    return file.async_read_some_at(offset, into, std::forward<decltype(token)>(token));
  }
};

template <class File>
struct writing {
  using tells = told<std::size_t>;
  static constexpr bool throws = false;
  File& file;
  std::uint64_t offset;
  asio::const_buffer from;

  auto operator()(auto&& token) const {
    return file.async_write_some_at(offset, from, std::forward<decltype(token)>(token));
  }
};

template <class File>
struct syncing {
  using tells = told<>;
  static constexpr bool throws = false;
  File& file;

  auto operator()(auto&& token) const { return file.async_sync_data(std::forward<decltype(token)>(token)); }
};

template <class File>
struct lending {
  using tells = told<std::size_t, owned_buffer>;
  static constexpr bool throws = false;
  File& file;
  buffer_pool& memory;
  std::size_t bytes;

  auto operator()(auto&& token) const {
    return file.async_read_some_at(0, memory.allocate(bytes), std::forward<decltype(token)>(token));
  }
};

using boxed = std::unique_ptr<int>;

template <class Bridge>
struct calling {
  using tells = told<boxed>;
  static constexpr bool throws = true;
  Bridge& on;
  boxed (*function)(shard&);

  auto operator()(auto&& token) const { return async_call(on, 0, function, std::forward<decltype(token)>(token)); }
};

template <class Bridge>
struct opening {
  using tells = told<basic_random_access_file<typename Bridge::executor_type>>;
  static constexpr bool throws = false;
  Bridge& on;
  const std::string& path;

  auto operator()(auto&& token) const {
    return async_open(on, path, open_flags::read_write, std::forward<decltype(token)>(token));
  }
};

/// Asio's own composition, here until the end of the file.
template <class File>
struct streaming {
  using tells = told<std::size_t>;
  static constexpr bool throws = false;
  File& file;
  asio::mutable_buffer into;

  auto operator()(auto&& token) const { return asio::async_read(file, into, std::forward<decltype(token)>(token)); }
};

} // namespace shardbridge::tests
