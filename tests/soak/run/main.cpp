// Everything at once, for as long as one likes: see --help and docs/soak.md.
#include "soak.hpp"

#include <csignal>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iostream>

namespace {

std::atomic<bool> stop = false; // lock-free, for the signal handler

} // namespace

int main(int count, char** words) {
  using namespace shardbridge::soak;
  const options how = parse(count, words);
  struct sigaction on_interrupt {};
  on_interrupt.sa_handler = [](int) { stop.store(true); };
  on_interrupt.sa_flags = static_cast<int>(SA_RESETHAND); // a second one ends it at once
  ::sigaction(SIGINT, &on_interrupt, nullptr);
  ::sigaction(SIGTERM, &on_interrupt, nullptr);
  try {
    std::cout << "shardbridge_soak: " << how.length.count() << " s, faults " << how.faults << " %, seed " << how.seed
              << std::endl; // it may hang
    const report told = soak(how).run(stop);
    write_summary(std::cout, told);
    if (!how.json.empty()) {
      std::ofstream out(how.json);
      write_json(out, told);
      if (!out.flush()) throw std::runtime_error("cannot write " + how.json);
    }
    return told.wrong == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
  } catch (const std::exception& failed) {
    std::cerr << "shardbridge_soak: " << failed.what() << "\n";
    return EXIT_FAILURE;
  }
}
