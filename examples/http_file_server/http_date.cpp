#include "http_date.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>

namespace http_file_server {
namespace {

constexpr std::array<const char*, 7> weekdays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<const char*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                             "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

struct moment {
  explicit moment(std::int64_t seconds)
      : days(std::chrono::floor<std::chrono::days>(std::chrono::sys_seconds(std::chrono::seconds(seconds)))),
        date(days), time(std::chrono::sys_seconds(std::chrono::seconds(seconds)) - days) {}

  std::chrono::sys_days days;
  std::chrono::year_month_day date;
  std::chrono::hh_mm_ss<std::chrono::seconds> time;

  [[nodiscard]] const char* weekday() const { return weekdays[std::chrono::weekday(days).c_encoding()]; }
  [[nodiscard]] unsigned day() const { return static_cast<unsigned>(date.day()); }
  [[nodiscard]] const char* month() const { return months[static_cast<unsigned>(date.month()) - 1]; }
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

/// -1 for what is no number of so many digits.
int digits(std::string_view text, std::size_t at, std::size_t count) {
  int out = -1;
  const auto [end, failed] = std::from_chars(text.data() + at, text.data() + at + count, out);
  return failed == std::errc() && end == text.data() + at + count ? out : -1;
}

} // namespace

std::string http_date(std::int64_t seconds) {
  const moment at(seconds);
  std::string out = at.weekday();
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

std::optional<std::int64_t> parse_http_date(std::string_view text) {
  constexpr std::string_view shape = "Sun, 06 Nov 1994 08:49:37 GMT";
  if (text.size() != shape.size()) return std::nullopt;
  unsigned month = 0;
  while (month < months.size() && text.substr(8, 3) != months[month])
    ++month;
  const int day = digits(text, 5, 2), year = digits(text, 12, 4);
  const int hour = digits(text, 17, 2), minute = digits(text, 20, 2), second = digits(text, 23, 2);
  if (month == months.size() || day < 0 || year < 0 || hour < 0 || minute < 0 || second < 0) return std::nullopt;
  const std::chrono::year_month_day date(std::chrono::year(year), std::chrono::month(month + 1),
                                         std::chrono::day(static_cast<unsigned>(day)));
  if (!date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  const std::int64_t out = std::chrono::sys_seconds(std::chrono::sys_days(date)).time_since_epoch().count() +
                           hour * 3600 + minute * 60 + second;
  // The weekday and what stands between the numbers: only a whole date is one.
  return second < 60 && http_date(out) == text ? std::optional(out) : std::nullopt;
}

} // namespace http_file_server
