// Goal: operations on paths do what they say, or are known to have been disturbed. Method: files of new names are made,
// written, renamed, read and removed, one after the other; what was disturbed leaves its names to the next quiet point.
#include "nursery.hpp"
#include "scene.hpp"

#include <array>
#include <cerrno>

namespace shardbridge::soak {
namespace {

class path_worker final : public worker {
 public:
  path_worker(scene& in, std::uint32_t number, std::string folder, const expectation& allowed, bool has_folders)
      : scene_(in), number_(number), folder_(std::move(folder)), allowed_(allowed), has_folders_(has_folders),
        strand_(in.new_strand()) {}

  void start() override {
    run_steps(scene_, strand_, [this] { return step(); });
  }

 private:
  asio::awaitable<void> step() {
    const std::uint64_t which = steps_++;
    dice chance = scene_.roll(number_, which);
    const std::string name =
        folder_ + "/" + scene_.to.name + "-path-" + std::to_string(number_) + "-" + std::to_string(which);
    const std::string next = name + "-next";
    op_options options;
    if (chance.one_in(8)) options.timeout = std::chrono::microseconds(chance.roll(2000));
    bool whole = co_await make(name, {number_, 0, which}, options);
    if (whole) whole = co_await rename(name, next, options);
    if (whole) whole = co_await look_at(next, options);
    if (whole) whole = co_await read(next, {number_, 0, which});
    if (whole) whole = co_await unlink(next, options);
    if (!whole) {
      scene_.remove_later(name);
      scene_.remove_later(next);
    }
    if (has_folders_ && chance.one_in(16)) co_await make_folder(name + "-folder");
  }

  asio::awaitable<bool> make(const std::string& name, const stamp& what, const op_options& options) {
    const auto open = [&](auto handler) {
      async_open(scene_.wide, name, open_flags::read_write | open_flags::create | open_flags::exclusive, options,
                 std::move(handler));
    };
    auto [failed, file] = co_await counted<error_code, random_access_file>(scene_.to, kind::open_close, allowed_, open);
    if (failed) co_return false;
    std::array<std::byte, block_bytes> bytes;
    fill(bytes, what);
    const asio::const_buffer from(bytes.data(), bytes.size());
    random_access_file& opened = file;
    const auto write = [&](auto handler) { asio::async_write_at(opened, 0, from, std::move(handler)); };
    const auto [unwritten, went] =
        co_await counted<error_code, std::size_t>(scene_.to, kind::composed, allowed_, write);
    const auto close = [&](auto handler) { opened.async_close(std::move(handler)); };
    const auto [unclosed] = co_await counted<error_code>(scene_.to, kind::open_close, allowed_, close);
    co_return !unwritten && went == block_bytes && !unclosed;
  }
  asio::awaitable<bool> rename(const std::string& from, const std::string& to, const op_options& options) {
    const auto start = [&](auto handler) { async_rename(scene_.wide, from, to, options, std::move(handler)); };
    const auto [failed] = co_await counted<error_code>(scene_.to, kind::path, allowed_, start);
    co_return !failed;
  }
  asio::awaitable<bool> look_at(const std::string& name, const op_options& options) {
    const auto start = [&](auto handler) { async_stat(scene_.wide, name, options, std::move(handler)); };
    const auto [failed, seen] = co_await counted<error_code, file_status>(scene_.to, kind::path, allowed_, start);
    if (!failed && seen.size != block_bytes) scene_.to.tell("stat of " + name + " tells another size");
    co_return !failed;
  }
  asio::awaitable<bool> read(const std::string& name, const stamp& what) {
    random_access_file file(scene_.wide);
    const auto open = [&](auto handler) { file.async_open(name, open_flags::read_only, std::move(handler)); };
    const auto [failed] = co_await counted<error_code>(scene_.to, kind::open_close, allowed_, open);
    if (failed) co_return false;
    std::array<std::byte, block_bytes> bytes;
    const asio::mutable_buffer into(bytes.data(), bytes.size());
    const auto start = [&](auto handler) { file.async_read_some_at(0, into, std::move(handler)); };
    const auto [unread, came] = co_await counted<error_code, std::size_t>(scene_.to, kind::read, allowed_, start);
    if (unread) co_return false;
    if (came != block_bytes)
      scene_.to.tell(name + " has another length");
    else if (const auto fault = fault_in(bytes, std::span(&what, 1)))
      scene_.to.tell("wrong data in " + name + ": " + *fault);
    co_return true; // the file closes itself
  }
  asio::awaitable<bool> unlink(const std::string& name, const op_options& options) {
    const auto start = [&](auto handler) { async_unlink(scene_.wide, name, options, std::move(handler)); };
    const auto [failed] = co_await counted<error_code>(scene_.to, kind::path, allowed_, start);
    co_return !failed;
  }
  asio::awaitable<void> make_folder(const std::string& name) {
    const auto start = [&](auto handler) { async_mkdir(scene_.wide, name, std::move(handler)); };
    co_await counted<error_code>(scene_.to, kind::path, allowed_, start);
    scene_.remove_later(name);
  }

  scene& scene_;
  const std::uint32_t number_;
  const std::string folder_;
  const expectation allowed_;
  const bool has_folders_;
  const asio::any_io_executor strand_;
  std::uint64_t steps_ = 0;
};

} // namespace

void add_path_workers(scene& in, workers& to) {
  to.push_back(std::make_unique<path_worker>(in, 200, in.around.folder, expectation{.early = true}, true));
  if (in.around.broken.empty()) return;
  to.push_back(
      std::make_unique<path_worker>(in, 201, in.around.broken, expectation{.early = true, .faults = true}, false));
}

} // namespace shardbridge::soak
