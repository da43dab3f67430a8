#include "options.hpp"

#include "../common/failure.hpp"
#include "../common/parse.hpp"

#include <algorithm>

namespace shardbridge::bench {
namespace {

template <class T>
void add(std::vector<T>& to, T value) {
  if (std::ranges::find(to, value) == to.end()) to.push_back(value);
}

std::vector<const strategy*> parse_strategies(const std::string& text) {
  std::vector<const strategy*> chosen;
  for (const auto& name : split_list("--strategy", text)) {
    if (name == "all") {
      for (const auto& each : all_strategies())
        add(chosen, &each);
    } else if (const strategy* found = find_strategy(name)) {
      add(chosen, found);
    } else {
      std::string sentence = "--strategy '" + name + "' is unknown; there are ";
      for (const auto& each : all_strategies())
        sentence += std::string(each.name) + ", ";
      throw bad_input(sentence + "and all");
    }
  }
  return chosen;
}

template <class T>
std::vector<T> parse_either(const char* option, const std::string& text, T one, T other) {
  std::vector<T> chosen;
  for (const auto& name : split_list(option, text)) {
    if (name != to_string(one) && name != to_string(other))
      throw bad_input(std::string(option) + " '" + name + "' is neither " + std::string(to_string(one)) + " nor " +
                      std::string(to_string(other)));
    add(chosen, name == to_string(one) ? one : other);
  }
  return chosen;
}

void check_together(const wake_options& options) {
  for (const strategy* each : options.strategies)
    for (const auto state : options.states)
      for (const auto core : options.cores)
        if (each->makes_sense(state, core)) return;
  throw bad_input("there is nothing to measure: --strategy spin never sleeps, and needs another --core");
}

} // namespace

wake_options parse_options(const wake_texts& texts) {
  wake_options options;
  options.strategies = parse_strategies(texts.strategies);
  options.states = parse_either("--state", texts.states, wake_state::sleeping, wake_state::awake);
  options.cores = parse_either("--core", texts.cores, wake_core::same, wake_core::other);
  options.patience = std::chrono::microseconds(parse_count("--spin-us", texts.spin_us, 1, 1'000'000));
  parse_run(texts, options);
  check_together(options);
  return options;
}

} // namespace shardbridge::bench
