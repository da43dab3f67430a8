// Answers requests for parts of files, several at a time: a program written for Boost.Asio's random_access_file, which
// files.hpp makes one for shardbridge's.
#include "arguments.hpp"
#include "files.hpp"

#include <deque>
#include <map>
#include <sstream>

namespace {

constexpr std::string_view help = R"(usage: serve_ranges [--jobs N] < requests

Answers lines of the form

  OFFSET LENGTH PATH

in their order: "ok LENGTH", a line break, the bytes and a line break; or "no" and a reason, in one line.

  --jobs N   requests worked on at a time, as far as they are there, 1 to 1024 (default 16)

Exit codes: 0 all was answered, 2 wrong arguments, 3 nothing could be started
)";

constexpr std::size_t largest = std::size_t{16} << 20;
constexpr std::size_t open_files = 64;

struct request {
  std::string line;
  std::string answer{};
};

class range_server {
 public:
  /// Of requests that are there, without waiting for more.
  void answer_all(std::deque<request>& asked) {
    for (request& each : asked)
      asio::co_spawn(context_, answer(each), asio::detached);
    context_.run();
    context_.restart();
    if (open_.size() > open_files) open_.clear();
  }

 private:
  asio::awaitable<void> answer(request& of) {
    try {
      const std::string bytes = co_await read(of.line);
      of.answer = "ok " + std::to_string(bytes.size()) + '\n' + bytes + '\n';
    } catch (const boost::system::system_error& failed) {
      of.answer = "no: " + failed.code().message() + '\n';
    } catch (const std::exception& failed) {
      of.answer = std::string("no: ") + failed.what() + '\n';
    }
  }

  asio::awaitable<std::string> read(const std::string& line) {
    std::istringstream words(line);
    std::string offset, length, path;
    words >> offset >> length >> std::ws;
    std::getline(words, path);
    const auto from = number_in<std::int64_t>(offset); // what the kernel counts in
    const auto size = number_in<std::size_t>(length);
    if (!from || *from < 0 || !size || path.empty()) throw std::runtime_error("not OFFSET LENGTH PATH");
    if (*size > largest) throw std::runtime_error("more than " + std::to_string(largest) + " bytes");

    files::random_access_file& file = opened(path);
    std::string bytes(*size, '\0');
    const auto [failed, moved] = co_await asio::async_read_at(file, static_cast<std::uint64_t>(*from),
                                                              asio::buffer(bytes), asio::as_tuple(asio::use_awaitable));
    if (failed == asio::error::eof)
      throw std::runtime_error("only " + std::to_string(moved) + " of " + length + " bytes before the end of the file");
    if (failed) throw boost::system::system_error(failed);
    co_return bytes;
  }

  /// Any number of reads of one file may be outstanding.
  files::random_access_file& opened(const std::string& path) {
    if (const auto known = open_.find(path); known != open_.end()) return known->second;
    files::random_access_file file(*home_, path, files::random_access_file::read_only);
    return open_.emplace(path, std::move(file)).first->second;
  }

  asio::io_context context_{1};
  file_home home_{context_};
  std::map<std::string, files::random_access_file> open_;
};

} // namespace

int main(int count, char** words) {
  return run_program("serve_ranges", help, count, words, [](const arguments& given) {
    if (!given.names.empty()) throw usage_error("unknown argument '" + given.names[0] + "', see --help");
    std::ios::sync_with_stdio(false);
    range_server server;
    for (std::string line; std::getline(std::cin, line);) {
      std::deque<request> asked{{line}};
      while (asked.size() < given.jobs && std::cin.rdbuf()->in_avail() > 0 && std::getline(std::cin, line))
        asked.push_back({line});
      server.answer_all(asked);
      for (const request& each : asked)
        std::cout << each.answer;
      std::cout.flush();
    }
    return 0;
  });
}
