#include "run_output.hpp"

#include "common/remark.hpp"
#include "plot/pictures.hpp"

#include <iostream>
#include <utility>

namespace shardbridge::bench {

run_output::run_output(std::string command, const output_options& options)
    : command_(std::move(command)), json_on_stdout_(options.json == "-"), quiet_(options.quiet) {
  if (!options.json.empty()) json_.emplace(options.json);
  if (!options.plot.empty()) plot_.emplace(options.plot);
}

std::ostream& run_output::table() const {
  return json_on_stdout_ ? std::cerr : std::cout;
}

void run_output::write(nlohmann::ordered_json results) {
  results.at("environment")["command"] = command_;
  if (json_) json_->write(results);
  if (!plot_) return;
  for (const std::string& made : plot_->draw(pictures_of(results)))
    remark(quiet_, "drawn: " + made);
}

} // namespace shardbridge::bench
