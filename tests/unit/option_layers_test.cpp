// Goal: of several who may say something, the first who does goes, for each option by itself. Method: each option is
// named in every combination of places, by a value that tells the place.
#include <shardbridge/detail/option_layers.hpp>
#include <shardbridge/permit.hpp>

#include <array>
#include <optional>

#include <gtest/gtest.h>

namespace shardbridge::detail {
namespace {

using std::chrono::nanoseconds;
using time_point = std::chrono::steady_clock::time_point;

constexpr std::size_t nobody = 3;

/// For every set of the three places: `name(options, place)` names the option there, `found(layers)` is the place whose
/// value is found, or nobody.
template <class Name, class Found>
void expect_the_first(Name name, Found found) {
  for (unsigned named = 0; named < 8; ++named) {
    std::array<op_options, 3> places;
    std::size_t first = nobody;
    for (std::size_t place = 3; place-- > 0;) {
      if ((named >> place & 1U) == 0) continue;
      name(places[place], place);
      first = place;
    }
    EXPECT_EQ(found(option_layers(places[0], &places[1], places[2])), first) << named;
    if ((named & 2U) == 0) EXPECT_EQ(found(option_layers(places[0], nullptr, places[2])), first) << named;
  }
}

std::size_t place_of(std::int64_t deadline) {
  return deadline == never ? nobody : static_cast<std::size_t>(deadline / 1000 - 1);
}

TEST(option_layers, deadlines) {
  expect_the_first(
      [](op_options& options, std::size_t place) {
        options.deadline = time_point(nanoseconds(1000 * static_cast<std::int64_t>(place + 1)));
      },
      [](const option_layers& layers) { return place_of(layers.deadline(no_timeout)); });
}

TEST(option_layers, either_of_timeout_and_deadline_overrides_both) {
  const op_options given{.timeout = no_timeout};
  const op_options defaults{.deadline = time_point(nanoseconds(5))};
  EXPECT_EQ(option_layers(given, nullptr, defaults).deadline(nanoseconds(1)), never);
  EXPECT_EQ(option_layers(no_options, nullptr, defaults).deadline(nanoseconds(1)), 5);
}

TEST(option_layers, priorities) {
  EXPECT_EQ(option_layers(no_options, nullptr, no_options).priority(), priority::normal);
  const op_options high{.priority = priority::high};
  const op_options normal{.priority = priority::normal};
  EXPECT_EQ(option_layers(no_options, &high, normal).priority(), priority::high);
  EXPECT_EQ(option_layers(normal, &high, high).priority(), priority::normal);
}

TEST(option_layers, placing_goes_as_a_whole) {
  const auto found = [](const option_layers& layers) { return layers.placing().shard.value_or(nobody); };
  expect_the_first([](op_options& options, std::size_t place) { options.shard = place; }, found);
  const op_options anywhere{.placement = placement::in_turn};
  const op_options second{.shard = 2};
  EXPECT_EQ(&option_layers(anywhere, &second, no_options).placing(), &anywhere);
}

TEST(option_layers, stop_tokens) {
  const std::array<std::stop_source, 3> sources;
  expect_the_first([&](op_options& options, std::size_t place) { options.stop_token = sources[place].get_token(); },
                   [&](const option_layers& layers) {
                     for (std::size_t place = 0; place < sources.size(); ++place)
                       if (layers.stop_token() == sources[place].get_token()) return place;
                     return nobody;
                   });
}

TEST(option_layers, times_and_permits) {
  std::array<op_times, 4> times;
  std::array<permit, 4> permits;
  expect_the_first(
      [&](op_options& options, std::size_t place) {
        options.times = &times[place];
        options.permit = &permits[place];
      },
      [&](const option_layers& layers) {
        const std::size_t place =
            layers.times() == nullptr ? nobody : static_cast<std::size_t>(layers.times() - times.data());
        EXPECT_EQ(layers.permit(), place == nobody ? nullptr : &permits[place]);
        return place;
      });
}

} // namespace
} // namespace shardbridge::detail
