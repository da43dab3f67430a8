#include "calendar_names.hpp"
#include "http_date.hpp"
#include "text_scanner.hpp"

#include <array>
#include <chrono>
#include <cstddef>

namespace http_file_server {
namespace {

/// By the letters of strftime(3): %a and %A weekday, %d and %e day, %b month, %y and %Y year, %H:%M:%S. Every other
/// character stands for itself.
constexpr std::array<std::string_view, 3> forms{
    "%a, %d %b %Y %H:%M:%S GMT", // IMF-fixdate
    "%A, %d-%b-%y %H:%M:%S GMT", // RFC 850
    "%a %b %e %H:%M:%S %Y",      // asctime
};

struct date_parts {
  std::size_t weekday = 0; ///< from Sunday
  std::size_t month = 0;   ///< from January
  int day = 0;
  int year = 0;
  bool short_year = false; ///< its last two digits alone
  int hour = 0;
  int minute = 0;
  int second = 0;
};

bool scan_part(char what, text_scanner& from, date_parts& out) {
  switch (what) {
  case 'a':
    return from.name(weekday_names, 3, out.weekday);
  case 'A':
    return from.name(weekday_names, std::string_view::npos, out.weekday);
  case 'b':
    return from.name(month_names, 3, out.month);
  case 'd':
    return from.number(2, out.day);
  case 'e':
    return from.number(2, out.day, true);
  case 'y':
    out.short_year = true;
    return from.number(2, out.year);
  case 'Y':
    return from.number(4, out.year);
  case 'H':
    return from.number(2, out.hour);
  case 'M':
    return from.number(2, out.minute);
  default: // 'S'
    return from.number(2, out.second);
  }
}

std::optional<date_parts> scan(std::string_view text, std::string_view form) {
  text_scanner from(text);
  date_parts out;
  for (; !form.empty(); form.remove_prefix(1)) {
    if (form.front() == '%')
      form.remove_prefix(1);
    else if (from.literal(form.substr(0, 1)))
      continue;
    else
      return std::nullopt;
    if (!scan_part(form.front(), from, out)) return std::nullopt;
  }
  return from.at_end() ? std::optional(out) : std::nullopt;
}

std::chrono::year_month_day date_of(const date_parts& parts, int year) {
  return {std::chrono::year(year), std::chrono::month(static_cast<unsigned>(parts.month) + 1),
          std::chrono::day(static_cast<unsigned>(parts.day))};
}

/// Of a date that need not exist: a 29th of February is the 1st of March there.
std::chrono::sys_seconds moment_of(const std::chrono::year_month_day& date, std::chrono::seconds of_day) {
  const std::chrono::sys_days first(date.year() / date.month() / 1);
  return first + std::chrono::days(static_cast<unsigned>(date.day())) - std::chrono::days(1) + of_day;
}

std::chrono::sys_seconds moment_of(const date_parts& parts, int year) {
  return moment_of(date_of(parts, year), std::chrono::hours(parts.hour) + std::chrono::minutes(parts.minute) +
                                             std::chrono::seconds(parts.second));
}

int whole_year(const date_parts& parts, std::chrono::sys_seconds now) {
  const auto today = std::chrono::floor<std::chrono::days>(now);
  const auto limit = moment_of(std::chrono::year_month_day(today) + std::chrono::years(50), now - today);
  const int last = static_cast<int>(std::chrono::year_month_day(today).year()) + 50;
  const int latest = last - (last - parts.year) % 100;
  return moment_of(parts, latest) > limit ? latest - 100 : latest;
}

} // namespace

std::optional<std::int64_t> parse_http_date(std::string_view text, std::int64_t now) {
  for (const std::string_view form : forms) {
    const std::optional<date_parts> parts = scan(text, form);
    if (!parts) continue;
    const std::chrono::sys_seconds present{std::chrono::seconds(now)};
    const int year = parts->short_year ? whole_year(*parts, present) : parts->year;
    const auto date = date_of(*parts, year);
    // A minute has a 61st second only where a leap second was put in, at the end of a day.
    const bool leap = parts->hour == 23 && parts->minute == 59 && parts->second == 60;
    if (!date.ok() || parts->hour > 23 || parts->minute > 59 || (parts->second > 59 && !leap)) return std::nullopt;
    if (std::chrono::weekday(std::chrono::sys_days(date)).c_encoding() != parts->weekday) return std::nullopt;
    return moment_of(*parts, year).time_since_epoch().count();
  }
  return std::nullopt;
}

} // namespace http_file_server
