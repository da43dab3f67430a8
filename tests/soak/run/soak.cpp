#include "soak.hpp"

#include "meter.hpp"
#include "outstanding.hpp"

#include <boost/version.hpp>

#include <cstdlib>
#include <fstream>
#include <future>
#include <iostream>
#include <thread>

#include <sys/utsname.h>

namespace shardbridge::soak {
namespace {

constexpr std::array fault_names{"none", "EIO", "ENOSPC", "EINTR", "short", "slow", "hang"};
static_assert(fault_names.size() == fixtures::random_fault_count);

std::string kernel() {
  utsname is{};
  ::uname(&is);
  return is.release;
}

tallies sum_of(const std::deque<scene>& all) {
  tallies out{};
  for (const scene& each : all) {
    const tallies its = each.to.book.read();
    for (std::size_t which = 0; which < kind_count; ++which) {
      out[which].begun += its[which].begun;
      for (std::size_t how = 0; how < outcome_count; ++how)
        out[which].by_outcome[how] += its[which].by_outcome[how];
    }
  }
  return out;
}

} // namespace

soak::soak(const options& how) : how_(how), began_(clock::now()) {
  told_.no_faults = how.faults == 0 ? "none were asked for" : fixtures::fuse_fixture::why_unavailable();
  if (told_.no_faults.empty()) fuse_.emplace();
  told_.descriptors_before = measure().descriptors;
  told_.wanted_seconds = static_cast<double>(how.length.count());
  told_.seed = how.seed;
  told_.faults_percent = how.faults;
  told_.growth_not_judged = why_growth_is_not_judged();
  told_.versions = {{"shardbridge", SHARDBRIDGE_SOAK_VERSION},
                    {"Linux", kernel()},
                    {"Boost", BOOST_LIB_VERSION},
                    {"compiler", __VERSION__},
                    {"build", SHARDBRIDGE_SOAK_BUILD}};
}

void soak::start() {
  pool_.emplace(4);
  around_.emplace(surroundings{.pool = *pool_,
                               .pause = pause_,
                               .wrong = wrong_,
                               .seed = how_.seed,
                               .shards = how_.shards,
                               .folder = folder_.path(),
                               .broken = fuse_ ? fuse_->mount_point().string() : std::string(),
                               .planted = how_.planted});
  for (const backend each : how_.backends) {
    try {
      scenes_.emplace_back(*around_, each, scenes_.size());
    } catch (const std::system_error& refused) {
      if (how_.backends.size() == 1) throw;
      told_.left_out = refused.what(); // the other one works everywhere
      continue;
    }
    scene& in = scenes_.back();
    dogs_.emplace_back(how_.patience);
    add_file_workers(in, workers_);
    add_path_workers(in, workers_);
    add_shard_workers(in, workers_);
    add_pressure_workers(in, workers_);
    add_life_workers(in, workers_);
    if (scenes_.size() == 1) add_harm(in, workers_);
  }
  // The files are made by now.
  if (fuse_) fuse_->set_random(how_.seed, static_cast<std::uint32_t>(how_.faults * 10'000));
  for (const auto& each : workers_)
    each->start();
}

report soak::run(const std::atomic<bool>& stop) {
  start();
  const auto end = began_ + how_.length;
  // Eight quiet points at least, and one a minute.
  const auto period = std::clamp<clock::duration>(how_.length / 8, 1s, 60s);
  for (auto next = began_ + period; clock::now() < end && !stop && wrong_.count() == 0; next += period) {
    wait(std::min(next, end), stop);
    quiet_point();
  }
  finish();
  return told_;
}

void soak::wait(clock::time_point until, const std::atomic<bool>& stop) {
  while (clock::now() < until && !stop && wrong_.count() == 0) {
    std::this_thread::sleep_for(50ms);
    watch();
    show();
  }
}

void soak::watch() {
  for (std::size_t each = 0; each < scenes_.size(); ++each)
    if (const auto hung = dogs_[each].look(scenes_[each].to.book.read(), clock::now()))
      give_up(scenes_[each].to.name + ": " + std::string(name_of(*hung)) + ": nothing has ended for " +
              std::to_string(how_.patience.count()) + " s, though something is under way");
  const memory_sample seen = measure();
  told_.most.rss = std::max(told_.most.rss, seen.rss);
  told_.most.heap = std::max(told_.most.heap, seen.heap);
  told_.most.descriptors = std::max(told_.most.descriptors, seen.descriptors);
  told_.most.seconds = seconds_gone();
}

void soak::show() {
  const auto now = clock::now();
  if (!line_.due(now)) return;
  const auto gone = std::chrono::duration_cast<std::chrono::seconds>(now - began_);
  std::uint64_t faults = 0;
  for (std::size_t each = 1; fuse_ && each < fixtures::random_fault_count; ++each)
    faults += fuse_->met(static_cast<fixtures::random_fault>(each));
  line_.write({gone, std::max(how_.length - gone, 0s), sum_of(scenes_), faults, wrong_.count()}, now);
}

std::vector<std::string> soak::audit() const {
  std::vector<std::string> out;
  for (const scene& each : scenes_)
    for (std::string& sentence : each.audit())
      out.push_back(std::move(sentence));
  const std::size_t open = measure().descriptors;
  if (!told_.samples.empty() && open != told_.samples.front().descriptors)
    out.push_back(std::to_string(open) + " descriptors are open, and " +
                  std::to_string(told_.samples.front().descriptors) + " were at the first quiet point");
  return out;
}

/// What is answered early may still be in the kernel for a while: what is wrong must stay so to count.
void soak::quiet_point() {
  pause_.close();
  const auto patience_ends = clock::now() + how_.patience;
  while (pause_.inside() > 0) {
    if (clock::now() > patience_ends)
      give_up("no quiet point: somebody has not ended for " + std::to_string(how_.patience.count()) + " s");
    std::this_thread::sleep_for(1ms);
    watch();
    show();
  }
  const auto settled_by = clock::now() + std::min<clock::duration>(how_.patience, 10s);
  std::vector<std::string> sentences = audit();
  while (!sentences.empty() && clock::now() < settled_by) {
    std::this_thread::sleep_for(5ms);
    sentences = audit();
  }
  wrong_.add(sentences);
  ++told_.quiet_points;
  // Of each bridge six, of each shard six, of each kind three, of each scene four; descriptors.
  told_.checks += 1 + scenes_.size() * (3 * 6 + how_.shards * 6 + kind_count * 3 + 4);
  for (scene& each : scenes_)
    each.remove_leftovers();
  for (const auto& each : workers_)
    each->rest();
  told_.samples.push_back(measure());
  told_.samples.back().seconds = seconds_gone();
  pause_.open();
}

void soak::finish() {
  pause_.end();
  const auto patience_ends = clock::now() + how_.patience;
  while (pause_.inside() > 0) {
    if (clock::now() > patience_ends)
      give_up("the end: somebody has not ended for " + std::to_string(how_.patience.count()) + " s");
    std::this_thread::sleep_for(1ms);
  }
  collect();
  end_groups();
  workers_.clear();
  for (const scene& each : scenes_)
    wrong_.add(unbalanced(each.to.book.read()));
  scenes_.clear();
  pool_.reset();
  // Where something is wrong already, nobody waits for more.
  for (const auto end = clock::now() + (wrong_.count() == 0 ? 10s : 0s);
       (told_.descriptors_after = measure().descriptors) != told_.descriptors_before && clock::now() < end;)
    std::this_thread::sleep_for(5ms);
  if (told_.descriptors_after != told_.descriptors_before)
    wrong_.add(std::to_string(told_.descriptors_before) + " descriptors were open before all, and " +
               std::to_string(told_.descriptors_after) + " are behind it");
  if (told_.growth_not_judged.empty())
    if (const auto growth = growth_in(told_.samples, {})) wrong_.add(*growth);
  told_.wrong = wrong_.count();
  told_.findings = wrong_.kept();
  line_.end();
}

/// A join that does not return holds up this thread, so that another one must watch it.
void soak::end_groups() {
  std::promise<void> ended;
  std::jthread watch([this, end = ended.get_future()] {
    if (end.wait_for(how_.patience) != std::future_status::ready)
      give_up("the end: groups and their context have not ended for " + std::to_string(how_.patience.count()) + " s");
  });
  for (scene& each : scenes_)
    each.group.stop();
  for (scene& each : scenes_)
    each.group.join();
  pool_->join();
  ended.set_value();
}

void soak::collect() {
  told_.drivers.clear();
  told_.faults.clear();
  told_.requests = 0;
  told_.seconds = seconds_gone();
  for (const scene& each : scenes_) {
    report::driver& its = told_.drivers.emplace_back();
    its = {.name = each.to.name, .reason = each.group.backend_reason(), .counts = each.to.book.read()};
    for (const bridge* const link : {&each.wide, &each.narrow, &each.levels}) {
      const bridge_stats seen = link->stats();
      its.accepted += seen.accepted;
      its.completed += seen.completed;
    }
  }
  for (std::size_t each = 0; fuse_ && each < fixtures::random_fault_count; ++each) {
    const std::uint64_t met = fuse_->met(static_cast<fixtures::random_fault>(each));
    told_.requests += met;
    if (each != 0) told_.faults.emplace_back(fault_names[each], met);
  }
  told_.wrong = wrong_.count();
  told_.findings = wrong_.kept();
}

/// What hangs cannot be destroyed: the process ends with it.
void soak::give_up(const std::string& sentence) {
  line_.end();
  wrong_.add(sentence);
  print_outstanding(std::cout, scenes_);
  collect();
  write_summary(std::cout, told_);
  std::cout.flush();
  if (!how_.json.empty()) {
    std::ofstream out(how_.json);
    write_json(out, told_);
  }
  if (fuse_) fuse_->release();
  std::_Exit(EXIT_FAILURE);
}

double soak::seconds_gone() const {
  return std::chrono::duration<double>(clock::now() - began_).count();
}

} // namespace shardbridge::soak
