// Tasks that are spawned, aborted, joined, raced and timed; pipelines of channels; calls between shards; posts to Asio;
// and the files of code on shards.
#include "sessions.hpp"

#include <array>

namespace shardbridge::soak {
namespace {

constexpr expectation may_end_early{.early = true};

task<> wander(shard& self, scene& in, dice chance) {
  for (std::uint64_t steps = 1 + chance.roll(6); steps > 0; --steps) {
    const std::uint64_t which = chance.roll(4);
    if (which == 0) co_await self.yield();
    if (which == 1) co_await self.nop();
    if (which == 2) co_await self.wait_level(pressure_level::suspended);
    if (which == 3) {
      const auto until = std::chrono::steady_clock::now() + std::chrono::microseconds(chance.roll(1500));
      co_await self.sleep_until(until);
      if (std::chrono::steady_clock::now() < until) in.to.tell("a timer fired early");
    }
  }
}

task<> sleep_for_ever(shard& self) {
  co_await self.sleep_for(no_timeout);
}

/// One that waits for ever is cancelled by what ends first, or by a deadline.
task<> race(shard& self, scene& in, dice chance) {
  const bool timed = chance.one_in(2);
  if (timed) {
    task<> slow = with_timeout(self, std::chrono::microseconds(chance.roll(1000)), sleep_for_ever(self));
    co_await std::move(slow);
    in.to.tell("a task that sleeps for ever has ended in time");
  } else {
    auto both = when_any(self, sleep_for_ever(self), wander(self, in, chance));
    const auto first = co_await std::move(both);
    if (first.index() != 1) in.to.tell("a task that sleeps for ever has ended first");
  }
}

task<> produce(channel<std::uint64_t>& into, std::uint64_t count) {
  for (std::uint64_t each = 0; each < count; ++each)
    co_await into.send(each);
  into.close();
}

task<> pass_on(channel<std::uint64_t>& from, channel<std::uint64_t>& to) {
  while (true) {
    const std::optional<std::uint64_t> each = co_await from.receive();
    if (!each) break;
    co_await to.send(*each);
  }
  to.close();
}

task<> consume(shard& self, scene& in, channel<std::uint64_t>& from, std::uint64_t count, std::uint64_t pause_every) {
  std::uint64_t wanted = 0;
  while (true) {
    const std::optional<std::uint64_t> each = co_await from.receive();
    if (!each) break;
    if (*each != wanted) in.to.tell("a channel gave " + std::to_string(*each) + ", not " + std::to_string(wanted));
    ++wanted;
    if (wanted % pause_every == 0) co_await self.sleep_for(50us);
  }
  if (wanted != count) in.to.tell("a channel gave " + std::to_string(wanted) + " of " + std::to_string(count));
}

task<> pipeline(shard& self, scene& in, dice chance) {
  channel<std::uint64_t> first(self, chance.roll(4)), second(self, chance.roll(4));
  const std::uint64_t count = chance.roll(400);
  auto all = when_all(self, produce(first, count), pass_on(first, second),
                      consume(self, in, second, count, 1 + chance.roll(100)));
  co_await std::move(all);
}

task<> call_once(shard& self, scene& in, dice chance) {
  const std::size_t other = chance.roll(self.group_size());
  const std::uint64_t given = chance.next();
  const bool waits = chance.one_in(3);
  if (waits) {
    const auto nap = [](shard& there) -> task<std::size_t> {
      co_await there.sleep_for(100us);
      co_await there.nop();
      co_return there.index();
    };
    const std::size_t told = co_await self.call(other, nap);
    if (told != other) in.to.tell("a call ran on another shard");
  } else {
    const auto answer = [given](shard& there) { return given * 3 + there.index(); };
    const std::uint64_t told = co_await self.call(other, answer);
    if (told != given * 3 + other) in.to.tell("a call gave another answer");
  }
}

task<> write_and_read(shard& self, scene& in, dice chance, std::string path) {
  const auto flags = open_flags::read_write | open_flags::create | open_flags::exclusive;
  shard_file file = co_await self.open(path, flags);
  std::array<std::byte, block_bytes> bytes;
  const auto block = static_cast<std::uint32_t>(chance.roll(4));
  const stamp what{0, block, chance.next()};
  fill(bytes, what);
  const bool synced = chance.one_in(2);
  if (synced) {
    const synced_write both = co_await self.write_and_sync_data(file, block * block_bytes, asio::buffer(bytes));
    if (!both) throw boost::system::system_error(both.write ? both.write : both.sync);
  } else {
    co_await self.write(file, block * block_bytes, asio::buffer(bytes));
  }
  bytes.fill(std::byte{});
  const std::size_t came = co_await self.read(file, block * block_bytes, asio::buffer(bytes));
  if (came != block_bytes)
    in.to.tell(path + " has another length");
  else if (const auto fault = fault_in(bytes, std::span(&what, 1)))
    in.to.tell("wrong data in " + path + ": " + *fault);
  co_await self.close(std::move(file));
  co_await self.unlink(path);
}

} // namespace

task<> run_tasks(shard& self, scene& in, dice chance) {
  std::vector<join_handle<bool>> all;
  for (std::uint64_t left = 1 + chance.roll(12); left > 0; --left) {
    const dice own(chance.next(), 0, 0);
    const bool races = chance.one_in(3);
    task<> work = races ? race(self, in, own) : wander(self, in, own);
    all.push_back(self.spawn(counted_on_shard(in, kind::task, may_end_early, std::move(work))));
  }
  const bool waits = chance.one_in(2);
  if (waits) co_await self.sleep_for(std::chrono::microseconds(chance.roll(500)));
  for (join_handle<bool>& each : all)
    if (chance.one_in(4)) each.abort();
  if (chance.one_in(6) && self.abort(all.back().id()) == all.back().done()) in.to.tell("an id that ends nothing");
  for (join_handle<bool>& each : all)
    if (chance.one_in(8))
      std::move(each).detach();
    else
      co_await std::move(each).join();
}

task<> run_channel(shard& self, scene& in, dice chance) {
  co_await counted_on_shard(in, kind::channel, may_end_early, pipeline(self, in, chance));
}

task<> run_calls(shard& self, scene& in, dice chance) {
  for (std::uint64_t left = chance.roll(60); left > 0 && !self.cancelled(); --left) {
    const dice own(chance.next(), 0, 0);
    co_await counted_on_shard(in, kind::remote, may_end_early, call_once(self, in, own));
  }
}

task<> run_posts(shard& self, scene& in, dice chance) {
  for (std::uint64_t left = chance.roll(40); left > 0 && !self.cancelled(); --left) {
    const bool slow = chance.one_in(50);
    in.to.book.begin(kind::notify);
    const auto call = [&in, slow] {
      if (slow) std::this_thread::sleep_for(200us);
      in.to.book.end(kind::notify, outcome::ok);
    };
    std::exception_ptr thrown;
    try {
      co_await in.note.post(self, call);
    } catch (...) {
      thrown = std::current_exception();
    }
    if (thrown) in.to.book.end(kind::notify, outcome_of(thrown, may_end_early));
    const bool gives_way = chance.one_in(8);
    if (gives_way && !self.cancelled()) co_await self.yield();
  }
}

task<> run_file(shard& self, scene& in, dice chance, std::string path) {
  const bool whole = co_await counted_on_shard(in, kind::shard_file, {.early = true, .faults = true},
                                               write_and_read(self, in, chance, path));
  if (!whole) in.remove_later(path);
}

} // namespace shardbridge::soak
