#include "workload.hpp"

#include "../common/failure.hpp"

namespace shardbridge::bench {

rw_mode parse_rw_mode(std::string_view option, std::string_view text) {
  for (const auto mode : {rw_mode::randread, rw_mode::randwrite, rw_mode::read, rw_mode::write, rw_mode::mixed})
    if (text == to_string(mode)) return mode;
  throw bad_input(std::string(option) + " '" + std::string(text) +
                  "' is none of randread, randwrite, read, write and mixed");
}

} // namespace shardbridge::bench
