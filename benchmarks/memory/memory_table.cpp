#include "memory_table.hpp"

#include "../common/environment.hpp"
#include "../common/format.hpp"

#include <algorithm>

namespace shardbridge::bench {
namespace {

constexpr const char* shards_columns = R"(
groups of shards, KiB more than without    made                  used to the full      each shard more, used
ring_entries  shards                      own  rings  kernel      own  rings  kernel      own  kernel  together
)";

constexpr const char* things_columns = R"(
outstanding on one shard                         KiB of its own more than before       bytes
what           count                            made      full      done      gone    of one
)";

constexpr const char* stretches_columns = R"(
one shard and one bridge that work on, KiB
million operations                        own  rings  kernel  growth
)";

constexpr const char* legend = R"(
Own: resident and the process's alone (heap, what threads have touched of their stacks), after malloc_trim, with malloc's
arenas as they are by default. Rings: mapped from the kernel; what is in kernel too. Kernel: all that it takes for the
process, counted by a memory control group; a dash where none can be made. Together: own and kernel, or own and rings.
Receive buffers take nothing before they are used. Outstanding: no-ops and reads are handed to a shard that is held, calls
run a task, tasks sleep. Gone: the bridge is destroyed. Growth: own and kernel, since the first line.
)";

std::string kib(std::int64_t bytes) {
  return std::to_string(bytes / 1024);
}

std::string kib(const std::optional<std::int64_t>& bytes) {
  return bytes ? kib(*bytes) : "-";
}

std::string columns_of(const memory_use& of) {
  return format("%6s %6s %7s", kib(of.own).c_str(), kib(of.rings).c_str(), kib(of.kernel).c_str());
}

void print(std::ostream& out, const std::vector<shards_row>& rows) {
  const shards_row* last = nullptr;
  for (const shards_row& row : rows) {
    if (last != nullptr && last->ring_entries != row.ring_entries) out << '\n';
    out << format("%12u  %6u                   %s   %s   %6s %7s  %8s\n", row.ring_entries, row.shards,
                  columns_of(row.made).c_str(), columns_of(row.used).c_str(), kib(row.each_more.own).c_str(),
                  kib(row.each_more.kernel).c_str(), kib(row.each_more.together()).c_str());
    last = &row;
  }
}

void print(std::ostream& out, const std::vector<things_row>& rows) {
  for (const things_row& row : rows)
    out << format("%-8s  %10llu                       %9s %9s %9s %9s %9.0f\n", row.what.c_str(),
                  static_cast<unsigned long long>(row.count), kib(row.made.own).c_str(), kib(row.full.own).c_str(),
                  kib(row.done.own).c_str(), kib(row.gone.own).c_str(), row.of_one());
}

void print(std::ostream& out, const std::vector<stretch_row>& rows) {
  for (const stretch_row& row : rows)
    out << format("%18.1f                     %s %7s\n", static_cast<double>(row.operations) / 1e6,
                  columns_of(row.use).c_str(), kib((row.use - rows.front().use).together()).c_str());
}

template <class Row>
void print(std::ostream& out, const char* columns, const std::vector<Row>& rows) {
  if (rows.empty()) return;
  out << columns;
  print(out, rows);
}

} // namespace

void print_table(std::ostream& out, const memory_set& results) {
  if (results.shards.empty()) {
    out << "nothing was measured\n";
    return;
  }
  out << "memory, each line of a process of its own\n" << machine_text(results.environment) << '\n';
  print(out, shards_columns, results.shards);
  print(out, things_columns, results.things);
  print(out, stretches_columns, results.stretches);
  out << legend;
}

} // namespace shardbridge::bench
