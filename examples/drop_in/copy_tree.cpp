// Copies a folder with everything in it, several files at a time: a program written for Boost.Asio's stream_file, which
// files.hpp makes one for shardbridge's.
#include "arguments.hpp"
#include "files.hpp"

#include <array>
#include <deque>
#include <filesystem>
#include <utility>

namespace fs = std::filesystem;

namespace {

constexpr std::string_view help = R"(usage: copy_tree [--jobs N] FROM TO

Copies the folder FROM to TO: folders, regular files with their modes, and symbolic links as they are.
What is at TO already is overwritten.

  --jobs N   files copied at a time, 1 to 1024 (default 16)

Exit codes: 0 all was copied, 1 something was not, 2 wrong arguments, 3 nothing could be started
)";

class tree_copy {
 public:
  tree_copy(fs::path from, fs::path to) : from_(std::move(from)), to_(std::move(to)) {}

  int run(std::size_t jobs) {
    list();
    for (std::size_t each = 0; each < jobs; ++each)
      asio::co_spawn(context_, copy_files(), asio::detached);
    context_.run();
    return failures_ == 0 ? 0 : 1;
  }

 private:
  /// Makes folders and links at once, and leaves the files to the copiers.
  void list() {
    fs::recursive_directory_iterator entries(from_);
    fs::create_directories(to_);
    for (const fs::directory_entry& entry : entries) {
      const fs::path there = to_ / entry.path().lexically_relative(from_);
      if (entry.is_symlink()) {
        fs::remove(there);
        fs::copy_symlink(entry.path(), there);
      } else if (entry.is_directory()) {
        fs::create_directory(there);
      } else if (entry.is_regular_file()) {
        waiting_.emplace_back(entry.path(), there);
      } else {
        tell(entry.path(), "neither a file nor a folder nor a link");
      }
    }
  }

  asio::awaitable<void> copy_files() {
    while (!waiting_.empty()) {
      const auto [from, to] = std::move(waiting_.front());
      waiting_.pop_front();
      try {
        co_await copy_file(from, to);
      } catch (const boost::system::system_error& failed) {
        tell(from, failed.code().message());
      } catch (const std::exception& failed) {
        tell(from, failed.what());
      }
    }
  }

  asio::awaitable<void> copy_file(const fs::path& from, const fs::path& to) {
    using files::stream_file;
    stream_file source(*home_, from, stream_file::read_only);
    stream_file target(*home_, to, stream_file::write_only | stream_file::create | stream_file::truncate);
    std::vector<char> buffer(65536);
    for (bool more = true; more;) {
      const auto [failed, bytes] =
          co_await asio::async_read(source, asio::buffer(buffer), asio::as_tuple(asio::use_awaitable));
      if (failed && failed != asio::error::eof) throw boost::system::system_error(failed, "read");
      co_await asio::async_write(target, asio::buffer(buffer, bytes), asio::use_awaitable);
      more = !failed;
    }
    target.close();
    fs::permissions(to, fs::status(from).permissions());
  }

  void tell(const fs::path& what, std::string_view problem) {
    ++failures_;
    std::cerr << "copy_tree: " << what.string() << ": " << problem << '\n';
  }

  const fs::path from_;
  const fs::path to_;
  asio::io_context context_{1};
  file_home home_{context_};
  std::deque<std::pair<fs::path, fs::path>> waiting_;
  std::size_t failures_ = 0;
};

} // namespace

int main(int count, char** words) {
  return run_program("copy_tree", help, count, words, [](const arguments& given) {
    if (given.names.size() != 2) throw usage_error("needs two folders, see --help");
    const fs::path inside =
        fs::weakly_canonical(given.names[1]).lexically_relative(fs::weakly_canonical(given.names[0]));
    if (!inside.empty() && *inside.begin() != "..") throw usage_error("cannot copy a folder into itself");
    return tree_copy(given.names[0], given.names[1]).run(given.jobs);
  });
}
