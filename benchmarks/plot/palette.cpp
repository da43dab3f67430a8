// Colours are those of Okabe and Ito ("Color Universal Design", 2008), and where these do not suffice those of Tol
// ("Colour Schemes", technical note SRON/EPS/TN/09-002, "muted").
#include "palette.hpp"

#include <array>
#include <cstddef>

namespace shardbridge::bench {
namespace {

constexpr const char* black = "#222222";
constexpr const char* grey = "#999999";
constexpr const char* vermillion = "#d55e00";
constexpr const char* orange = "#e69f00";
constexpr const char* sky = "#56b4e9";
constexpr const char* blue = "#0072b2";
constexpr const char* green = "#009e73";
constexpr const char* purple = "#cc79a7";
constexpr const char* indigo = "#332288";
constexpr const char* wine = "#882255";
constexpr const char* sand = "#ddcc77";
constexpr const char* olive = "#999933";
constexpr const char* teal = "#44aa99";

constexpr int square = 5, circle = 7, up = 9, down = 11, diamond = 13;

struct known {
  std::string_view name;
  const char* color;
  int shape;
};

constexpr std::array all_known{
    // Engines: shardbridge is warm, threads and Asio are cold, a bare ring is black.
    known{"bridge", vermillion, circle},
    known{"bridge-cached", orange, up},
    known{"bridge-each", wine, diamond},
    known{"bridge-grouped", orange, up},
    known{"bridge-nearest", purple, down},
    known{"bridge-registered", wine, square},
    known{"bridge-sleeping", sand, down},
    known{"bridge-threads", olive, diamond},
    known{"call", orange, up},
    known{"shard", vermillion, circle},
    known{"shard-direct", orange, up},
    known{"refuse", vermillion, circle},
    known{"wait", orange, up},
    known{"pool", blue, square},
    known{"post", sky, diamond},
    known{"channel", green, down},
    known{"asio", blue, square},
    known{"asio-file", sky, diamond},
    known{"asio-file-shared", indigo, down},
    known{"pread", green, up},
    known{"raw", black, diamond},
    known{"raw-linked", grey, down},
    known{"design-wake-each", grey, up},
    known{"design-locked-queue", purple, square},
    known{"design-shared-ring", indigo, diamond},
    // Kinds of load beside the bridge's.
    known{"disk", blue, square},
    known{"sockets", green, down},
    known{"tasks", purple, up},
    // Legs of a way.
    known{"request wait", blue, square},
    known{"ring", sky, diamond},
    known{"reply wait", orange, up},
    known{"handler", purple, down},
    known{"whole way, not told apart", "#bbbbbb", circle},
    // Quantities.
    known{"p50", blue, square},
    known{"p99", sky, diamond},
    known{"CPU", green, up},
    known{"own", blue, square},
    known{"kernel", orange, up},
};

constexpr std::array others{teal, wine, olive, indigo, sand};
constexpr std::array shapes{square, circle, up, down, diamond};

} // namespace

look look_of(std::string_view name) {
  for (const known& each : all_known)
    if (each.name == name) return {each.color, each.shape};
  std::size_t sum = 0;
  for (const char c : name)
    sum = sum * 31 + static_cast<unsigned char>(c);
  return {others[sum % others.size()], shapes[sum / others.size() % shapes.size()]};
}

} // namespace shardbridge::bench
