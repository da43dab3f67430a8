// async_open() of a bridge: the file is made first and opened as any other; its handler is then given the file.
#pragma once

#include <shardbridge/bridge.hpp>
#include <shardbridge/random_access_file.hpp>

#include <boost/asio/associator.hpp>

#include <memory>
#include <string>
#include <type_traits>
#include <utility>

namespace shardbridge::detail {

template <class Handler, class File>
struct opened_handler {
  Handler handler;
  std::unique_ptr<File> file;

  void operator()(const boost::system::error_code& failed) {
    File opened(std::move(*file));
    file.reset();
    std::move(handler)(failed, std::move(opened));
  }
};

template <class Executor>
class open_initiation {
 public:
  using executor_type = Executor;

  explicit open_initiation(std::shared_ptr<bridge_impl<Executor>> on) noexcept : bridge_(std::move(on)) {}
  [[nodiscard]] executor_type get_executor() const noexcept { return bridge_->executor(); }

  template <class Handler>
  void operator()(Handler&& handler, const std::string& path, open_flags flags, const op_options& options) const {
    using file_type = basic_random_access_file<Executor>;
    auto made = std::make_unique<file_type>(bridge_);
    file_type& file = *made;
    file.async_open(path, flags, options,
                    opened_handler<std::decay_t<Handler>, file_type>{std::forward<Handler>(handler), std::move(made)});
  }

 private:
  std::shared_ptr<bridge_impl<Executor>> bridge_;
};

} // namespace shardbridge::detail

template <template <class, class> class Associator, class Handler, class File, class Default>
struct boost::asio::associator<Associator, shardbridge::detail::opened_handler<Handler, File>, Default>
    : Associator<Handler, Default> {
  static typename Associator<Handler, Default>::type
  get(const shardbridge::detail::opened_handler<Handler, File>& of) noexcept {
    return Associator<Handler, Default>::get(of.handler);
  }
  static auto get(const shardbridge::detail::opened_handler<Handler, File>& of, const Default& fallback) noexcept
      -> decltype(Associator<Handler, Default>::get(of.handler, fallback)) {
    return Associator<Handler, Default>::get(of.handler, fallback);
  }
};
