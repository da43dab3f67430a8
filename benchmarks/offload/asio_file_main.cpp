// Boost's own random_access_file, in a program of its own: BOOST_ASIO_HAS_IO_URING changes types all over Asio, and a
// program where some files are compiled with it and others without does not work.

#include "../common/companion.hpp"
#include "../common/failure.hpp"
#include "../common/interrupt.hpp"
#include "client_fleet.hpp"
#include "companion_protocol.hpp"

#include <boost/asio/random_access_file.hpp>

#include <fcntl.h>

#include <iostream>
#include <optional>

namespace shardbridge::bench {
namespace {

namespace asio = boost::asio;

class boost_file_engine final : public engine {
 public:
  boost_file_engine(const companion_setup& setup, block_ledger* ledger) : fleet_(setup.what, ledger) {
    const std::size_t objects = setup.shared_object ? 1 : setup.what.depth;
    for (std::size_t i = 0; i != objects; ++i)
      files_.emplace_back(fleet_.get_executor(), open_file());
  }

  round_result run_round(double seconds) override {
    return fleet_.run_round(seconds, [this](const block_client& client, auto token) {
      auto& file = files_[client.index() % files_.size()];
      const auto bytes = client.buffer();
      return client.is_write()
                 ? file.async_write_some_at(client.offset(), asio::buffer(bytes.data(), bytes.size()), token)
                 : file.async_read_some_at(client.offset(), asio::buffer(bytes.data(), bytes.size()), token);
    });
  }

 private:
  int open_file() const {
    const workload& what = fleet_.what();
    // Asio's own open has no flag for direct I/O.
    const int flags = (writes(what.rw) ? O_RDWR : O_RDONLY) | (what.direct ? O_DIRECT : 0) | O_CLOEXEC;
    const int file = ::open(what.path.c_str(), flags);
    if (file < 0) throw run_failure("cannot open the file: " + errno_text());
    return file;
  }

  client_fleet fleet_;
  std::deque<asio::basic_random_access_file<client_fleet::executor_type>> files_;
};

void serve() {
  std::string line;
  if (!std::getline(std::cin, line)) return;
  const auto setup = nlohmann::json::parse(line).get<companion_setup>();
  std::optional<block_ledger> ledger;
  std::unique_ptr<boost_file_engine> running;
  {
    const signals_blocked guard;
    if (setup.ledger_descriptor >= 0)
      ledger.emplace(block_ledger::attach(setup.ledger_descriptor, setup.what.blocks()));
    running = std::make_unique<boost_file_engine>(setup, ledger ? &*ledger : nullptr);
  }
  answer(nlohmann::json{{"ready", true}});
  while (std::getline(std::cin, line))
    answer(nlohmann::json(running->run_round(nlohmann::json::parse(line).at("seconds").get<double>())));
}

} // namespace
} // namespace shardbridge::bench

int main() {
  return shardbridge::bench::run_companion(&shardbridge::bench::serve);
}
