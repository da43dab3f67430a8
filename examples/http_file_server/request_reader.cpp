#include "request_reader.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

namespace http_file_server {
namespace {

namespace http = boost::beast::http;

std::string_view view(boost::beast::string_view text) noexcept {
  return {text.data(), text.size()};
}

/// A field may come in several lines, which are a list then: for a field that must not be one, a value that it cannot
/// have.
std::string_view field_value(const http::fields& head, http::field name, std::string& joined) {
  const auto [first, last] = head.equal_range(name);
  if (first == last) return {};
  if (std::next(first) == last) return view(first->value());
  joined.clear();
  for (auto each = first; each != last; ++each)
    (joined += joined.empty() ? "" : ", ") += view(each->value());
  return joined;
}

method method_of(http::verb verb) noexcept {
  return verb == http::verb::get ? method::get : verb == http::verb::head ? method::head : method::other;
}

} // namespace

struct request_reader::parts {
  boost::beast::flat_buffer ahead;
  std::optional<http::request_parser<http::empty_body>> parser{};
  std::array<std::string, 6> joined{}; ///< of Range and the conditions
};

request_reader::request_reader(client& from, const options& limits)
    : client_(from), limits_(limits), parts_(new parts{.ahead = boost::beast::flat_buffer(limits.max_header_bytes)}) {}

request_reader::~request_reader() = default;

awaitable<input> request_reader::next(const bool& stopping) {
  auto& [ahead, parser, joined] = *parts_;
  parser.emplace();
  parser->header_limit(static_cast<std::uint32_t>(limits_.max_header_bytes));
  parser->body_limit(boost::none); // bodies are not read: the connection ends behind such a request
  bool waited = false;
  bool begun = false;
  for (;;) {
    if (ahead.size() > 0) {
      boost::system::error_code failed;
      ahead.consume(parser->put(ahead.data(), failed));
      if (parser->is_header_done()) break;
      if (failed == http::error::header_limit || ahead.size() == ahead.max_size()) co_return input::too_large;
      if (failed && failed != http::error::need_more) co_return input::malformed;
    }
    client_.idle = ahead.size() == 0 && !parser->got_some();
    if (client_.idle && stopping) co_return input::ended;
    if (client_.idle)
      client_.wait_for(limits_.idle_timeout);
    else if (!std::exchange(begun, true))
      client_.wait_for(limits_.header_timeout);
    const auto room = ahead.prepare(std::min<std::size_t>(4096, ahead.max_size() - ahead.size()));
    const auto [failed, bytes] = co_await client_.socket.async_read_some(room, as_tuple);
    client_.idle = false;
    if (failed) co_return input::ended;
    ahead.commit(bytes);
    waited = true;
  }
  client_.waited();
  pipelined_ = waited ? 0 : pipelined_ + 1;
  look_at_head();
  co_return input::request;
}

void request_reader::look_at_head() {
  const auto& head = parts_->parser->get();
  auto joined = parts_->joined.begin();
  const auto value = [&](http::field name) { return field_value(head, name, *joined++); };
  current_ = {
      .facts = {.method = method_of(head.method()),
                .range = value(http::field::range),
                .conditions = {.received = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now()),
                               .if_match = value(http::field::if_match),
                               .if_none_match = value(http::field::if_none_match),
                               .if_modified_since = value(http::field::if_modified_since),
                               .if_unmodified_since = value(http::field::if_unmodified_since),
                               .if_range = value(http::field::if_range)}},
      .method = view(head.method_string()),
      .target = view(head.target()),
      .version = head.version(),
      .one_host = head.count(http::field::host) == 1,
      .keep_alive = head.keep_alive(),
      .has_body = !parts_->parser->is_done(),
      .referer = view(head[http::field::referer]),
      .user_agent = view(head[http::field::user_agent]),
  };
}

} // namespace http_file_server
