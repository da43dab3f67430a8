// Goal: no target of a request leads out of the root, no range out of the file, and a date that is understood is the
// same when it is written and read again. Method: the decisions of http_file_server, given what a client may send.
#include "fuzz.hpp"

#include <byte_range.hpp>
#include <http_date.hpp>
#include <request_target.hpp>
#include <response_plan.hpp>

#include <string>

namespace shardbridge::fuzz {
namespace {

using namespace http_file_server;

void resolve(std::string_view target) {
  const auto found = resolve_target(path_of_target(target));
  if (!found) return;
  const std::string path = '/' + found->path + '/';
  require(found->path.front() != '/', "a path is relative");
  require(path.find("/../") == path.npos && path.find("//") == path.npos, "it does not lead upwards");
  require(path.find('\0') == path.npos, "it ends where it ends");
  const std::string location = location_of_folder(found->path);
  require(location.starts_with('/') && !location.starts_with("//"), "a redirection stays on the server");
  const auto again = resolve_target(location);
  require(again && again->path == found->path, "a redirection leads to the same folder");
}

void choose(std::string_view field, std::uint64_t size) {
  const byte_range chosen = choose_range(field, size);
  if (chosen.what != byte_range::kind::part) return;
  require(chosen.length > 0 && chosen.first < size && chosen.length <= size - chosen.first, "a range is in the file");
}

void read_date(std::string_view text, std::int64_t now) {
  const auto seconds = parse_http_date(text, now);
  if (seconds)
    require(parse_http_date(http_date(*seconds), now) == seconds, "a date is the same when it is read again");
}

} // namespace

void run(std::span<const std::uint8_t> bytes) {
  input from(bytes);
  const std::uint64_t size = from.number();
  const std::string_view target = from.line(), range = from.line(), date = from.line(), tags = from.line();
  resolve(target);
  choose(range, size);
  read_date(date, 1'700'000'000);
  const response_plan plan = plan_file({.method = method::get,
                                        .range = range,
                                        .conditions = {.received = 1'700'000'000,
                                                       .if_match = from.line(),
                                                       .if_none_match = tags,
                                                       .if_modified_since = date,
                                                       .if_unmodified_since = from.line(),
                                                       .if_range = from.line()}},
                                       {.size = size, .validators = {.etag = "\"tag\"", .modified = 1'600'000'000}});
  require(!plan.send_file || (plan.first <= size && plan.length <= size - plan.first), "what is sent is in the file");
}

} // namespace shardbridge::fuzz
