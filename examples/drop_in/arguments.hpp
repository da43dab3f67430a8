// The little that both programs understand of their command line.
#pragma once

#include <charconv>
#include <cstddef>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

/// What ends a program with exit code 2.
struct usage_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A number that is all of `text`; nothing if it is none.
template <class Number>
std::optional<Number> number_in(std::string_view text) {
  Number out = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (failed != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return out;
}

struct arguments {
  bool help = false;
  std::size_t jobs = 16;
  std::vector<std::string> names;

  arguments(int count, const char* const* words) {
    for (int each = 1; each < count; ++each) {
      const std::string word = words[each];
      if (word == "--help") {
        help = true;
      } else if (word == "--jobs") {
        if (++each == count) throw usage_error("--jobs needs a number");
        const auto number = number_in<std::size_t>(words[each]);
        if (!number || *number < 1 || *number > 1024)
          throw usage_error("--jobs '" + std::string(words[each]) + "' is not a number from 1 to 1024");
        jobs = *number;
      } else if (word.starts_with("--")) {
        throw usage_error("unknown option '" + word + "', see --help");
      } else {
        names.push_back(word);
      }
    }
  }
};

/// Runs `work(arguments)` and turns what it throws into a sentence and an exit code.
template <class Work>
int run_program(std::string_view name, std::string_view help, int count, const char* const* words, Work work) try {
  const arguments given(count, words);
  if (given.help) {
    std::cout << help;
    return 0;
  }
  return work(given);
} catch (const usage_error& wrong) {
  std::cerr << name << ": " << wrong.what() << '\n';
  return 2;
} catch (const std::exception& failed) {
  std::cerr << name << ": " << failed.what() << '\n';
  return 3;
}
