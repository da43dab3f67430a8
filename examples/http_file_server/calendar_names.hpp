// Names as HTTP and access logs have them, whatever the locale. The short ones are the first three letters.
#pragma once

#include <array>
#include <string_view>

namespace http_file_server {

inline constexpr std::array<std::string_view, 7> weekday_names{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                               "Thursday", "Friday", "Saturday"};
inline constexpr std::array<std::string_view, 12> month_names{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

} // namespace http_file_server
