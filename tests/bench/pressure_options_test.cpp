// Goal: what is asked of `pressure` becomes the setting it means, or is refused with a sentence that names the option;
// and the setting arrives in the process that runs it as it was sent. Method: texts and what they are parsed to.

#include "pressure/options.hpp"
#include "sentence_of.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace shardbridge::bench {
namespace {

TEST(pressure_options, defaults_make_sense) {
  const auto options = parse_options(pressure_texts());
  EXPECT_EQ(options.engines, (std::vector{pressure_kind::refuse, pressure_kind::wait, pressure_kind::pool}));
  EXPECT_EQ(options.load, 10);
  EXPECT_EQ(options.base.overload_rate, 0) << "known when the device was measured";
  EXPECT_EQ(options.base.device, device_kind::real);
  EXPECT_EQ(options.base.stall, 0) << "nothing stands still that is not asked to";
  EXPECT_GT(options.base.memory_limit, std::uint64_t{64} << 20);
  EXPECT_LE(options.base.memory_limit, std::uint64_t{2} << 30);
}

TEST(pressure_options, engines_are_taken_once_and_in_order) {
  pressure_texts texts;
  texts.engines = "pool,refuse,pool";
  EXPECT_EQ(parse_options(texts).engines, (std::vector{pressure_kind::pool, pressure_kind::refuse}));
}

TEST(pressure_options, a_rate_takes_the_place_of_the_load) {
  pressure_texts texts;
  texts.rate = "50000";
  const auto options = parse_options(texts);
  EXPECT_EQ(options.load, 0);
  EXPECT_EQ(options.base.overload_rate, 50000);
  texts.load_chosen = true;
  EXPECT_EQ(sentence_of([&] { parse_options(texts); }),
            "--load and --rate both say how much is offered; give one of them");
}

TEST(pressure_options, a_stall_lies_in_the_middle_of_the_overload) {
  pressure_texts texts;
  texts.device = "stall";
  texts.stall = "500ms";
  texts.seconds = "2";
  const pressure_setting what = parse_options(texts).base;
  EXPECT_DOUBLE_EQ(what.stall_begin(), 0.75);
  EXPECT_DOUBLE_EQ(what.stall_end(), 1.25);
  EXPECT_DOUBLE_EQ(what.settle_seconds(), 0.5);
}

TEST(pressure_options, nonsense_is_refused) {
  struct bad_case {
    std::string pressure_texts::*option;
    const char* text;
    const char* sentence;
  };
  using t = pressure_texts;
  for (const auto& [option, text, sentence] :
       {bad_case{&t::engines, "refuse,warp", "--engine 'warp' is unknown; there are refuse, wait and pool"},
        {&t::engines, "refuse,", "--engine 'refuse,' has an empty entry"},
        {&t::device, "floppy", "--device 'floppy' is none of real, throttled and stall"},
        {&t::device_rate, "0", "--device-rate '0' must be at least 1"},
        {&t::load, "x", "--load 'x' is not a number"},
        {&t::load, "10x", "--load '10x' is not a number"},
        {&t::load, "nan", "--load 'nan' is not a number"},
        {&t::load, "0", "--load '0' must be more than 0"},
        {&t::load, "1e9", "--load '1e9' must be at most 1000"},
        {&t::base_load, "1.5", "--base-load '1.5' must be at most 1"},
        {&t::base_load, "-1", "--base-load '-1' must be more than 0"},
        {&t::rate, "0", "--rate '0' must be at least 1"},
        {&t::max_ops, "0", "--max-ops '0' must be at least 1"},
        {&t::max_ops, "65537", "--max-ops '65537' must be at most 65536"},
        {&t::max_waiters, "-1", "--max-waiters '-1' must not be negative"},
        {&t::pool_threads, "0", "--pool-threads '0' must be at least 1"},
        {&t::producers, "0", "--producers '0' must be at least 1"},
        {&t::client_threads, "0", "--client-threads '0' must be at least 1"},
        {&t::seconds, "0", "--seconds '0' must be more than 0"},
        {&t::base_seconds, "x", "--base-seconds 'x' is not a number of seconds"},
        {&t::drain, "0", "--drain '0' must be more than 0"},
        {&t::rounds, "0", "--rounds '0' must be at least 1"},
        {&t::block, "0", "--block '0' must be more than 0"},
        {&t::memory_limit, "0", "--memory-limit '0' must be more than 0"},
        {&t::memory_limit, "16M",
         "--max-ops and --max-waiters times --block come too near to --memory-limit (16 MiB)"}}) {
    pressure_texts texts;
    texts.*option = text;
    EXPECT_EQ(sentence_of([&] { parse_options(texts); }), sentence);
  }
}

TEST(pressure_options, a_device_of_its_own_goes_with_no_file) {
  const auto refused = [](auto change) {
    pressure_texts texts;
    texts.device = "stall";
    change(texts);
    return sentence_of([&] { parse_options(texts); });
  };
  EXPECT_EQ(refused([](auto&) {}), "accepted");
  EXPECT_EQ(refused([](auto& texts) { texts.file = "f"; }),
            "--file goes with --device real; --device stall has a device of its own");
  EXPECT_EQ(refused([](auto& texts) { texts.size_chosen = true; }),
            "--size goes with --device real; --device stall has a device of its own");
  EXPECT_EQ(refused([](auto& texts) { texts.direct = false; }),
            "--device stall cannot go with --no-direct: what is cached never meets the device");
  EXPECT_EQ(refused([](auto& texts) { texts.stall = "5s"; }), "--stall '5s' must be shorter than --seconds '5'");
  EXPECT_EQ(refused([](auto& texts) { texts.stall = "soon"; }), "--stall 'soon' is not a number of seconds");
}

TEST(pressure_setting, survives_the_pipe) {
  pressure_texts texts;
  texts.device = "stall";
  texts.seed = "18446744073709551615";
  pressure_setting what = parse_options(texts).base;
  what.engine = pressure_kind::wait;
  what.path = "/a/path \"with\" quotes";
  what.size = 4096;
  what.device_rate = 12345.678;
  what.overload_rate = 1e6;
  const auto text = nlohmann::ordered_json(what).dump();
  EXPECT_EQ(nlohmann::ordered_json::parse(text).get<pressure_setting>(), what);
}

} // namespace
} // namespace shardbridge::bench
