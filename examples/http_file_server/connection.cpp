#include "connection.hpp"

#include "file_sender.hpp"
#include "log_line.hpp"
#include "metrics_page.hpp"
#include "mime_type.hpp"
#include "request_reader.hpp"
#include "request_target.hpp"
#include "response_head.hpp"
#include "response_plan.hpp"
#include "worker.hpp"

#include <array>
#include <cerrno>
#include <optional>
#include <string>
#include <utility>

namespace http_file_server {
namespace {

file_facts facts_of(const opened_file& found, std::string_view name) {
  return {.size = found.size,
          .validators = {.etag = make_etag(found.inode, found.size, found.modified_ns),
                         .modified = found.modified_ns / 1'000'000'000},
          .type = mime_type(name)};
}

class connection {
 public:
  connection(worker& on, tcp_socket socket)
      : worker_(on), me_(on.enter(std::move(socket))), reader_(*me_, on.shared.options) {}
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;
  ~connection() { worker_.leave(me_); }

  awaitable<> run();

 private:
  [[nodiscard]] awaitable<bool> answer(input what);
  [[nodiscard]] std::optional<response_plan> plan_without_file();
  [[nodiscard]] response_plan plan_with_file() const;
  [[nodiscard]] awaitable<bool> send_file(response_plan& what);
  [[nodiscard]] awaitable<bool> send_text(const response_plan& what);
  awaitable<> linger();

  std::string count_and_tell(const response_plan& what);
  void log(unsigned status, bool understood);
  [[nodiscard]] const options& limits() const noexcept { return worker_.shared.options; }

  worker& worker_;
  clients::iterator me_;
  request_reader reader_;
  target_path path_{};
  std::string name_{}; ///< of the file that path_ stands for
  disk_file file_{};
  std::uint64_t sent_ = 0; ///< of the present response's content
};

awaitable<> connection::run() {
  boost::system::error_code ignored;
  me_->socket.set_option(asio::ip::tcp::no_delay(true), ignored);
  for (bool goes_on = true; goes_on;) {
    const input what = co_await reader_.next(worker_.stopping());
    goes_on = what != input::ended && co_await answer(what);
  }
}

/// Whether the connection can go on with another request.
awaitable<bool> connection::answer(input what) {
  const request& asked = reader_.current();
  response_plan out;
  if (what == input::request) {
    std::optional<response_plan> decided = plan_without_file();
    if (!decided) {
      file_.facts = worker_.disk.open_cached(name_);
      if (file_.facts.error == EAGAIN) file_.facts = co_await worker_.disk.open(name_);
      decided = plan_with_file();
    }
    out = std::move(*decided);
    out.close = !asked.keep_alive || asked.has_body || reader_.pipelined() >= limits().max_pipelined;
  } else {
    me_->waited();
    out = plan_status(what == input::too_large ? 431 : 400, method::get);
    out.close = true;
  }
  if (worker_.stopping()) out.close = true;

  sent_ = 0;
  bool complete = false;
  if (out.send_file && out.length > 0)
    complete = co_await send_file(out);
  else
    complete = co_await send_text(out);
  file_ = {};
  if (!complete) worker_.counters.cut_short.add(1);
  if (worker_.shared.log) log(out.status, what == input::request);
  if (complete && out.close) co_await linger();
  co_return complete && !out.close;
}

/// Nothing: it depends on the file at name_.
std::optional<response_plan> connection::plan_without_file() {
  const request& asked = reader_.current();
  const method how = asked.facts.method;
  if (how == method::other) return plan_status(405, how);
  if (asked.version >= 11 && !asked.one_host) return plan_status(400, how);
  if (path_of_target(asked.target) == "/metrics") {
    response_plan out = plan_status(200, how);
    out.content = worker_.shared.metrics.text();
    out.length = out.content.size();
    out.content_type = metrics_page::content_type;
    out.counted = false;
    return out;
  }
  std::optional<target_path> path = resolve_target(asked.target);
  if (!path) return plan_status(400, how);
  if (worker_.disk.suspended()) return plan_status(503, how);
  path_ = std::move(*path);
  name_ = path_.path;
  if (path_.folder) name_ += "/index.html";
  return std::nullopt;
}

response_plan connection::plan_with_file() const {
  const request_facts& asked = reader_.current().facts;
  const opened_file& found = file_.facts;
  if (found.error != 0) return plan_status(status_of_error(found.error), asked.method);
  if (!found.folder) return plan_file(asked, facts_of(found, name_));
  // What its index links to is relative to the name with the slash.
  response_plan out = plan_status(path_.folder ? 403 : 301, asked.method);
  if (!path_.folder) out.location = location_of_folder(path_.path);
  return out;
}

awaitable<bool> connection::send_file(response_plan& what) {
  file_sender sender(worker_.disk, worker_.shared.buffers, file_, what.first, what.length);
  if (const int error = co_await sender.read_first(); error != 0) {
    const bool close = what.close;
    what = plan_status(status_of_error(error), method::get);
    what.close = close;
    co_return co_await send_text(what);
  }
  const std::string head = count_and_tell(what);
  const bool complete = co_await sender.send(*me_, head, limits().send_timeout, sent_);
  worker_.counters.bytes.add(sent_);
  co_return complete;
}

awaitable<bool> connection::send_text(const response_plan& what) {
  const std::string head = count_and_tell(what);
  const std::string_view content = what.head_only ? std::string_view() : what.content;
  co_return co_await write_to(*me_, head, content, limits().send_timeout, sent_);
}

std::string connection::count_and_tell(const response_plan& what) {
  if (what.counted) worker_.counters.count_response(what.status);
  return response_head(what, {.date = worker_.date(),
                              .retry_after = limits().retry_after,
                              .http_1_0_keep_alive = reader_.current().version < 11});
}

void connection::log(unsigned status, bool understood) {
  const request& asked = reader_.current();
  const std::string line = understood ? std::string(asked.method) + ' ' + std::string(asked.target) + " HTTP/1." +
                                            (asked.version < 11 ? '0' : '1')
                                      : std::string();
  worker_.shared.log->add(log_line({.client = me_->address,
                                    .seconds = worker_.seconds(),
                                    .request_line = line,
                                    .status = status,
                                    .bytes = sent_,
                                    .referer = understood ? asked.referer : std::string_view(),
                                    .user_agent = understood ? asked.user_agent : std::string_view()}));
}

/// A socket that is closed while its client still sends makes the kernel throw away the response that is on its way. So
/// what comes is read, for a moment, until the client has closed too.
awaitable<> connection::linger() {
  boost::system::error_code failed;
  me_->socket.shutdown(tcp_socket::shutdown_send, failed);
  me_->wait_for(std::chrono::seconds(1));
  std::array<char, 1024> thrown_away;
  for (int left = 1024; left > 0 && !failed; --left)
    failed = std::get<0>(co_await me_->socket.async_read_some(asio::buffer(thrown_away), as_tuple));
  me_->timed_out = false;
}

} // namespace

awaitable<> serve_connection(worker& on, tcp_socket socket) {
  connection served(on, std::move(socket));
  co_await served.run();
}

} // namespace http_file_server
