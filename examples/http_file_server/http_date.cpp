#include "http_date.hpp"

#include "calendar_names.hpp"

#include <chrono>
#include <cstddef>

namespace http_file_server {
namespace {

struct moment {
  explicit moment(std::int64_t seconds)
      : days(std::chrono::floor<std::chrono::days>(std::chrono::sys_seconds(std::chrono::seconds(seconds)))),
        date(days), time(std::chrono::sys_seconds(std::chrono::seconds(seconds)) - days) {}

  std::chrono::sys_days days;
  std::chrono::year_month_day date;
  std::chrono::hh_mm_ss<std::chrono::seconds> time;

  [[nodiscard]] std::string_view weekday() const {
    return weekday_names[std::chrono::weekday(days).c_encoding()].substr(0, 3);
  }
  [[nodiscard]] unsigned day() const { return static_cast<unsigned>(date.day()); }
  [[nodiscard]] std::string_view month() const { return month_names[static_cast<unsigned>(date.month()) - 1]; }
  [[nodiscard]] int year() const { return static_cast<int>(date.year()); }
  [[nodiscard]] int hour() const { return static_cast<int>(time.hours().count()); }
  [[nodiscard]] int minute() const { return static_cast<int>(time.minutes().count()); }
  [[nodiscard]] int second() const { return static_cast<int>(time.seconds().count()); }
};

void append(std::string& out, unsigned number, std::size_t digits) {
  out.append(digits, '0');
  for (std::size_t at = out.size(); digits-- != 0; number /= 10)
    out[--at] = static_cast<char>('0' + number % 10);
}

void append_time(std::string& out, const moment& at) {
  append(out, static_cast<unsigned>(at.hour()), 2);
  out += ':';
  append(out, static_cast<unsigned>(at.minute()), 2);
  out += ':';
  append(out, static_cast<unsigned>(at.second()), 2);
}

} // namespace

std::string http_date(std::int64_t seconds) {
  const moment at(seconds);
  std::string out(at.weekday());
  out += ", ";
  append(out, at.day(), 2);
  (out += ' ') += at.month();
  out += ' ';
  append(out, static_cast<unsigned>(at.year()), 4);
  out += ' ';
  append_time(out, at);
  return out += " GMT";
}

std::string log_date(std::int64_t seconds) {
  const moment at(seconds);
  std::string out;
  append(out, at.day(), 2);
  (out += '/') += at.month();
  out += '/';
  append(out, static_cast<unsigned>(at.year()), 4);
  out += ':';
  append_time(out, at);
  return out += " +0000";
}

} // namespace http_file_server
