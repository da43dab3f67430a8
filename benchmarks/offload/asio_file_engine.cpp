#include "engines.hpp"

#include "../common/child_process.hpp"
#include "../common/failure.hpp"
#include "companion_protocol.hpp"

#include <unistd.h>

namespace shardbridge::bench {
namespace {

class asio_file_engine final : public engine {
 public:
  asio_file_engine(const workload& what, block_ledger* ledger, bool shared_object)
      : child_(beside_this_program(companion_name), ledger != nullptr ? ledger->descriptor() : -1) {
    companion_setup setup{.what = what,
                          .shared_object = shared_object,
                          .ledger_descriptor = ledger != nullptr ? ledger->descriptor() : -1};
    ask(setup);
  }

  round_result run_round(double seconds) override { return ask({{"seconds", seconds}}).get<round_result>(); }

 private:
  nlohmann::json ask(const nlohmann::json& question) {
    child_.send(question.dump());
    nlohmann::json answer = nlohmann::json::parse(child_.receive());
    if (const auto failure = answer.find("failure"); failure != answer.end())
      throw run_failure("asio-file: " + failure->get<std::string>());
    return answer;
  }

  child_process child_;
};

} // namespace

std::unique_ptr<engine> make_asio_file_engine(const workload& what, block_ledger* ledger, bool shared_object) {
  return std::make_unique<asio_file_engine>(what, ledger, shared_object);
}

} // namespace shardbridge::bench
