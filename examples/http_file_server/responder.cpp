#include "responder.hpp"

#include "file_sender.hpp"
#include "log_line.hpp"
#include "request_route.hpp"
#include "response_head.hpp"

namespace http_file_server {

awaitable<bool> responder::send(response_plan& what, disk_file& file, unsigned version) {
  sent_ = 0;
  return what.send_file && what.length > 0 ? send_file(what, file, version) : send_text(what, version);
}

awaitable<bool> responder::send_file(response_plan& what, disk_file& file, unsigned version) {
  file_sender sender(worker_.disk, worker_.shared.buffers, file, what.first, what.length);
  if (const int error = co_await sender.read_first(); error != 0) {
    const bool close = what.close;
    what = plan_status(status_of_error(error), method::get);
    what.close = close;
    co_return co_await send_text(what, version);
  }
  const std::string head = count_and_tell(what, version);
  const bool complete = co_await sender.send(client_, head, limits().send_timeout, sent_);
  worker_.counters.bytes.add(sent_);
  if (!complete) worker_.counters.cut_short.add(1);
  co_return complete;
}

awaitable<bool> responder::send_text(const response_plan& what, unsigned version) {
  const std::string head = count_and_tell(what, version);
  const std::string_view content = what.head_only ? std::string_view() : what.content;
  const bool complete = co_await write_to(client_, head, content, limits().send_timeout, sent_);
  if (!complete) worker_.counters.cut_short.add(1);
  co_return complete;
}

std::string responder::count_and_tell(const response_plan& what, unsigned version) {
  if (what.counted) worker_.counters.count_response(what.status);
  return response_head(
      what, {.date = worker_.date(), .retry_after = limits().retry_after, .http_1_0_keep_alive = version < 11});
}

void responder::log(unsigned status, const request* asked) const {
  if (!worker_.shared.log) return;
  worker_.shared.log->add(log_line({.client = client_.address,
                                    .seconds = worker_.seconds(),
                                    .request_line = asked != nullptr ? request_line(*asked) : std::string(),
                                    .status = status,
                                    .bytes = sent_,
                                    .referer = asked != nullptr ? asked->referer : std::string_view(),
                                    .user_agent = asked != nullptr ? asked->user_agent : std::string_view()}));
}

} // namespace http_file_server
