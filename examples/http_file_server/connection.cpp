#include "connection.hpp"

#include "linger.hpp"
#include "metrics_page.hpp"
#include "request_reader.hpp"
#include "request_route.hpp"
#include "responder.hpp"
#include "worker.hpp"

#include <cerrno>
#include <utility>

namespace http_file_server {
namespace {

using shardbridge::pressure_level;

class connection {
 public:
  connection(worker& on, tcp_socket socket)
      : worker_(on), me_(on.enter(std::move(socket))), reader_(*me_, on.shared.options), responder_(on, *me_) {}
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;
  ~connection() { worker_.leave(me_); }

  awaitable<> run();

 private:
  /// Whether the connection can go on with another request.
  [[nodiscard]] awaitable<bool> answer(input what);
  [[nodiscard]] awaitable<response_plan> plan(const request& asked);
  [[nodiscard]] response_plan plan_metrics(method how) const;
  [[nodiscard]] const options& limits() const noexcept { return worker_.shared.options; }

  worker& worker_;
  clients::iterator me_;
  request_reader reader_;
  responder responder_;
  disk_file file_{};
};

awaitable<> connection::run() {
  boost::system::error_code ignored;
  me_->socket.set_option(asio::ip::tcp::no_delay(true), ignored);
  for (bool goes_on = true; goes_on;) {
    const input what = co_await reader_.next(worker_.stopping());
    goes_on = what != input::ended && co_await answer(what);
  }
}

awaitable<bool> connection::answer(input what) {
  const request& asked = reader_.current();
  const bool understood = what == input::request;
  response_plan out;
  if (understood) {
    out = co_await plan(asked);
    out.close = closes_behind(asked, reader_.pipelined(), limits().max_pipelined);
  } else {
    me_->waited();
    out = plan_status(what == input::too_large ? 431 : 400, method::get);
    out.close = true;
  }
  if (worker_.stopping()) out.close = true;

  const bool complete = co_await responder_.send(out, file_, asked.version);
  file_ = {};
  responder_.log(out.status, understood ? &asked : nullptr);
  if (complete && out.close) co_await linger(*me_);
  co_return complete && !out.close;
}

awaitable<response_plan> connection::plan(const request& asked) {
  const method how = asked.facts.method;
  const route to = route_of(asked);
  if (to.to == route::kind::refused) co_return plan_status(to.status, how);
  if (to.to == route::kind::metrics) co_return plan_metrics(how);
  // Who has sent ahead makes room for those who wait for a response.
  if (reader_.pipelined() > 0 && worker_.disk.level() == pressure_level::throttled) {
    worker_.counters.held_back.add(1);
    co_await worker_.disk.while_throttled();
  }
  if (worker_.disk.level() == pressure_level::suspended) co_return plan_status(503, how);
  file_.facts = worker_.disk.open_cached(to.file);
  if (file_.facts.error == EAGAIN) file_.facts = co_await worker_.disk.open(to.file);
  co_return plan_opened(asked, to, file_.facts);
}

response_plan connection::plan_metrics(method how) const {
  response_plan out = plan_status(200, how);
  out.content = worker_.shared.metrics.text();
  out.length = out.content.size();
  out.content_type = metrics_page::content_type;
  out.counted = false;
  return out;
}

} // namespace

awaitable<> serve_connection(worker& on, tcp_socket socket) {
  connection served(on, std::move(socket));
  co_await served.run();
}

} // namespace http_file_server
