#include "outstanding.hpp"

#include <future>
#include <ostream>
#include <sstream>

namespace shardbridge::soak {
namespace {

void print_counts(std::ostream& out, const scene& of) {
  const tallies seen = of.to.book.read();
  for (std::size_t which = 0; which < kind_count; ++which)
    if (seen[which].begun != seen[which].ended())
      out << of.to.name << ": " << name_of(static_cast<kind>(which)) << ": " << seen[which].begun - seen[which].ended()
          << " under way\n";
  for (const auto& [name, link] : {std::pair("wide", &of.wide), {"narrow", &of.narrow}, {"levels", &of.levels}}) {
    const bridge_stats its = link->stats();
    out << of.to.name << ": bridge " << name << ": accepted " << its.accepted << ", completed " << its.completed
        << ", waiting " << its.waiting << "\n";
  }
  for (const shard_stats& its : of.group.stats())
    out << of.to.name << ": a shard: turns " << its.turns << ", in flight " << its.in_flight << ", backlog "
        << its.backlog << ", tasks " << its.tasks << ", requests " << its.requests << ", replies " << its.replies
        << "\n";
}

/// Asks the shard, which may hang itself.
std::string tasks_of(scene& of, std::size_t where) {
  const auto answer = std::make_shared<std::promise<std::string>>();
  auto listed = answer->get_future();
  const auto list = [](shard& self) {
    std::ostringstream out;
    self.for_each_task([&](const task_info& one) {
      out << "  task " << one.id << " " << (one.waits_for != nullptr ? one.waits_for : "runs") << "\n";
    });
    return out.str();
  };
  async_call(of.wide, where, list,
             [answer](const std::exception_ptr&, std::string text) { answer->set_value(std::move(text)); });
  return listed.wait_for(2s) == std::future_status::ready ? listed.get() : "  it does not answer\n";
}

} // namespace

void print_outstanding(std::ostream& out, std::deque<scene>& scenes) {
  for (scene& each : scenes) {
    print_counts(out, each);
    for (std::size_t where = 0; where < each.group.size(); ++where)
      out << each.to.name << ": tasks of shard " << where << ":\n" << tasks_of(each, where);
  }
}

} // namespace shardbridge::soak
