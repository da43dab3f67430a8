#include "request_route.hpp"

#include "mime_type.hpp"
#include "request_target.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace http_file_server {
namespace {

file_facts facts_of(const opened_file& found, std::string_view name, std::int64_t now) {
  // A time that is still to come is not told (RFC 9110, section 8.8.2.1).
  return {.size = found.size,
          .validators = {.etag = make_etag(found.inode, found.size, found.modified_ns),
                         .modified = std::min(found.modified_ns / 1'000'000'000, now)},
          .type = mime_type(name)};
}

} // namespace

route route_of(const request& asked) {
  if (asked.facts.method == method::other) return {.status = 405};
  if (asked.version >= 11 && !asked.one_host) return {.status = 400};
  if (path_of_target(asked.target) == "/metrics") return {.to = route::kind::metrics};
  std::optional<target_path> path = resolve_target(asked.target);
  if (!path) return {.status = 400};
  route out{.to = route::kind::file, .file = std::move(path->path), .folder_index = path->folder};
  if (out.folder_index) out.file += "/index.html";
  return out;
}

response_plan plan_opened(const request& asked, const route& to, const opened_file& found) {
  const request_facts& facts = asked.facts;
  if (found.error != 0) return plan_status(status_of_error(found.error), facts.method);
  if (!found.folder) return plan_file(facts, facts_of(found, to.file, facts.conditions.received));
  // What its index links to is relative to the name with the slash.
  response_plan out = plan_status(to.folder_index ? 403 : 301, facts.method);
  if (!to.folder_index) out.location = location_of_folder(to.file);
  return out;
}

bool closes_behind(const request& asked, std::size_t pipelined, std::size_t max_pipelined) {
  return !asked.keep_alive || asked.has_body || pipelined >= max_pipelined;
}

std::string request_line(const request& asked) {
  std::string out(asked.method);
  (out += ' ') += asked.target;
  return out += asked.version < 11 ? " HTTP/1.0" : " HTTP/1.1";
}

} // namespace http_file_server
