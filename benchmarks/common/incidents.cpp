#include "incidents.hpp"

#include "failure.hpp"
#include "interrupt.hpp"

#include <iostream>
#include <utility>

namespace shardbridge::bench {

void incidents::note(std::string sentence) {
  constexpr std::size_t messages_max = 5;
  if (messages.size() < messages_max) messages.push_back(std::move(sentence));
}

void incidents::merge(const incidents& other, const std::string& who) {
  errors += other.errors;
  wrong_blocks += other.wrong_blocks;
  for (const auto& sentence : other.messages)
    note(who.empty() ? sentence : who + ": " + sentence);
}

int verdict(const incidents& of_run) {
  for (const auto& sentence : of_run.messages)
    std::cerr << "shardbridge-bench: " << sentence << '\n';
  if (of_run.wrong_blocks != 0)
    throw failure(exit_code::wrong_blocks, std::to_string(of_run.wrong_blocks) + " blocks were wrong");
  if (of_run.errors != 0) throw run_failure(std::to_string(of_run.errors) + " operations failed");
  return static_cast<int>(interrupted() ? exit_code::interrupted : exit_code::ok);
}

} // namespace shardbridge::bench
