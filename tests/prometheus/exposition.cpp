#include "exposition.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <optional>
#include <regex>
#include <set>
#include <utility>

namespace shardbridge::tests {
namespace {

class parser {
 public:
  void line(const std::string& text) {
    static const std::regex help_line("# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) ((?:[^\\\\]|\\\\\\\\|\\\\n)+)");
    static const std::regex type_line("# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram|summary)");
    static const std::regex sample_line("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)\\})? ([^ ]+)");
    std::smatch part;
    if (std::regex_match(text, part, help_line)) {
      if (exposition::family* const of = begin(part[1])) of->help = part[2];
    } else if (std::regex_match(text, part, type_line)) {
      exposition::family* const of = now_ == part[1] ? &out.families[now_] : begin(part[1]);
      if (of != nullptr && !of->samples.empty()) complain("TYPE after samples", text);
      if (of != nullptr && !std::exchange(of->type, part[2]).empty()) complain("a second TYPE", text);
    } else if (std::regex_match(text, part, sample_line)) {
      sample({part[1], labels_of(part[2], text), number(part[3], text)}, text);
    } else {
      complain("neither a comment nor a sample", text);
    }
  }

  void end() {
    for (const auto& [name, each] : out.families) {
      if (each.help.empty()) complain("no HELP", name);
      if (each.type.empty()) complain("no TYPE", name);
      if (each.samples.empty()) complain("no samples", name);
    }
  }

  void complain(const char* what, const std::string& where) { out.complaints.push_back(what + (": " + where)); }

  exposition out;

 private:
  /// nullptr: it was there before, so that its lines are in two places.
  exposition::family* begin(const std::string& name) {
    now_ = name;
    const auto [at, added] = out.families.try_emplace(name);
    if (added) return &at->second;
    complain("a family begins twice", name);
    return nullptr;
  }

  void sample(exposition::sample read, const std::string& text) {
    exposition::family& of = out.families[now_];
    const std::string suffix = read.name.starts_with(now_) ? read.name.substr(now_.size()) : "of another family";
    const bool allowed = (of.type == "histogram" && (suffix == "_bucket" || suffix == "_sum" || suffix == "_count")) ||
                         (of.type == "summary" && (suffix.empty() || suffix == "_sum" || suffix == "_count")) ||
                         ((of.type == "counter" || of.type == "gauge") && suffix.empty());
    if (!allowed) complain("a sample that is not of the family before it", text);
    if (of.type == "counter" && !(read.value >= 0)) complain("a counter below zero", text);
    if (!seen_.emplace(read.name, read.with).second) complain("a series twice", text);
    of.samples.push_back(std::move(read));
  }

  exposition::labels labels_of(std::string list, const std::string& text) {
    static const std::regex first("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\]|\\\\[\\\\\"n])*)\"(?:,|$)");
    exposition::labels all;
    for (std::smatch part; !list.empty(); list = part.suffix()) {
      if (!std::regex_search(list, part, first, std::regex_constants::match_continuous)) {
        complain("labels", text);
        break;
      }
      if (part[1].str().starts_with("__")) complain("a reserved label", text);
      if (!all.emplace(part[1], unescaped(part[2])).second) complain("a label twice", text);
    }
    return all;
  }

  static std::string unescaped(const std::string& from) {
    std::string made;
    for (std::size_t at = 0; at < from.size(); ++at) {
      const bool escaped = from[at] == '\\';
      if (escaped) ++at;
      made += escaped && from[at] == 'n' ? '\n' : from[at];
    }
    return made;
  }

  double number(const std::string& written, const std::string& text) {
    static const std::regex finite("[-+]?[0-9]+(\\.[0-9]+)?(e[-+]?[0-9]+)?");
    if (std::regex_match(written, finite)) return std::stod(written);
    if (written == "+Inf") return std::numeric_limits<double>::infinity();
    // The exposer's own summary writes Nan, which Prometheus reads as NaN too.
    if (written != "NaN" && written != "Nan") complain("a value that is no number", text);
    return std::numeric_limits<double>::quiet_NaN();
  }

  std::string now_;
  std::set<std::pair<std::string, exposition::labels>> seen_;
};

} // namespace

exposition exposition::parse(std::string_view text) {
  parser reading;
  if (!text.ends_with('\n')) reading.complain("the last line has no end", std::string(text));
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1);
    reading.line(std::string(text.substr(0, end)));
    text.remove_prefix(end + 1);
  }
  reading.end();
  return std::move(reading.out);
}

double exposition::value(std::string_view name, const labels& with) {
  for (const auto& [of, each] : families)
    for (const sample& one : each.samples)
      if (one.name == name && one.with == with) return one.value;
  complaints.push_back("no sample " + std::string(name));
  return std::numeric_limits<double>::quiet_NaN();
}

std::vector<std::string> complaints_of_histograms(const exposition& all) {
  struct series {
    std::vector<std::pair<double, double>> buckets; // bound, count
    std::optional<double> sum, count;
  };
  std::vector<std::string> complaints;
  for (const auto& [name, family] : all.families) {
    if (family.type != "histogram") continue;
    std::map<exposition::labels, series> every;
    for (exposition::sample each : family.samples) {
      const auto le = each.with.extract("le");
      series& of = every[each.with];
      if (each.name.ends_with("_bucket") && le)
        of.buckets.emplace_back(le.mapped() == "+Inf" ? HUGE_VAL : std::stod(le.mapped()), each.value);
      else if (!le)
        (each.name.ends_with("_sum") ? of.sum : of.count) = each.value;
      else
        complaints.push_back(name + ": le where it does not belong");
    }
    for (const auto& [labels, of] : every) {
      const auto rises = [](const auto& before, const auto& after) {
        return before.first < after.first && before.second <= after.second;
      };
      if (!of.sum || !of.count || of.buckets.empty()) {
        complaints.push_back(name + ": without sum, count or buckets");
      } else if (std::ranges::adjacent_find(of.buckets, std::not_fn(rises)) != of.buckets.end()) {
        complaints.push_back(name + ": not cumulative");
      } else if (of.buckets.back() != std::pair(HUGE_VAL, *of.count)) {
        complaints.push_back(name + ": does not end with +Inf at the count");
      }
    }
  }
  return complaints;
}

} // namespace shardbridge::tests
