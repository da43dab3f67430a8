// A shard that tells an Asio service what it finds: when the service does not keep up, the search waits for it, and the
// shard goes on with everything else.
#include <shardbridge/shardbridge.hpp>

#include <boost/asio.hpp>

#include <chrono>
#include <iostream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace asio = boost::asio;
using namespace std::chrono_literals;

// `found` belongs to the thread that runs the context: only what is posted touches it.
shardbridge::task<> search(shardbridge::shard& self, shardbridge::notifier& note, std::vector<std::string>& found) {
  for (int number = 0; number < 200; ++number) {
    co_await self.nop(); // a read, say
    // Made before it is awaited: gcc 12 destroys twice what a lambda inside the awaited expression captures.
    auto show = [&found, text = "number " + std::to_string(number)]() mutable {
      std::this_thread::sleep_for(50us); // the service is slow
      found.push_back(std::move(text));
    };
    co_await note.post(self, std::move(show));
  }
}

int main() {
  asio::io_context context;
  shardbridge::shard_group shards;
  shardbridge::bridge bridge(context, shards);
  shardbridge::notifier note(context, {.capacity = 8});

  std::vector<std::string> found;
  bool ended = false;
  shardbridge::async_call(
      bridge, 0, [&](shardbridge::shard& self) { return search(self, note, found); },
      [&](const std::exception_ptr& failed) { ended = !failed; });
  context.run(); // until the task has ended and all it posted has been called

  const bool complete = ended && found.size() == 200 && found.back() == "number 199";
  std::cout << note.stats().called << " functions called, at most 8 of them accepted at a time\n";
  return complete && note.stats().called == 200 ? 0 : 1;
}
