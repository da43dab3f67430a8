// Goal: what `report` takes for results is written as it was read, and what it does not is refused. Method: any text as
// JSON; what is understood goes round once more.
#include "fuzz.hpp"

#include <benchmarks/results/result.hpp>

#include <string>

namespace shardbridge::fuzz {

void run(std::span<const std::uint8_t> bytes) {
  using json = nlohmann::ordered_json;
  bench::result_set found;
  try {
    found = json::parse(input(bytes).rest()).get<bench::result_set>();
  } catch (const nlohmann::json::exception& refused) {
    require(*refused.what() != '\0', "a refusal is a sentence");
    return;
  }
  const json written = found;
  require(json(written.get<bench::result_set>()) == written, "results are the same when they are read again");
}

} // namespace shardbridge::fuzz
