// Goal: sockets end with their shard, whatever they wait for. Method: groups that stop while tasks wait in each of
// their functions, and while nobody does.
#include "support/connected.hpp"

#include <array>
#include <map>

#include <poll.h>

namespace shardbridge::tests {
namespace {

/// Sockets that tasks own together, so that the last of them closes them, on the shard.
struct scene {
  connected both, direct, sending;
  shard_listener listener, full;
  shard_datagram_socket udp;
};
using shared_scene = std::shared_ptr<scene>;
using what_they_wait_for = task<> (*)(shard&, scene&);

const std::map<std::string, what_they_wait_for> waits{
    {"accept", [](shard& on, scene& of) -> task<> { static_cast<void>(co_await on.accept(of.listener)); }},
    {"recv", [](shard& on, scene& of) -> task<> { static_cast<void>(co_await on.recv(of.both.ours)); }},
    {"recv_from", [](shard& on, scene& of) -> task<> { static_cast<void>(co_await on.recv_from(of.udp)); }},
    {"poll", [](shard& on, scene& of) -> task<> { co_await on.poll(of.both.theirs.native_handle(), POLLIN); }},
    {"recv into",
     [](shard& on, scene& of) -> task<> {
       std::array<char, 10> room{};
       co_await on.recv(of.direct.ours, asio::buffer(room));
     }},
    {"send",
     [](shard& on, scene& of) -> task<> {
       const std::string much(64 << 20, 'x');
       co_await on.send(of.sending.theirs, asio::buffer(much));
     }},
    {"connect",
     [](shard& on, scene& of) -> task<> {
       std::vector<shard_socket> made;
       for (int each = 0; each < 10; ++each)
         made.push_back(co_await on.connect(of.full.local_endpoint<tcp::endpoint>()));
     }},
};

task<> wait(shard& on, shared_scene of, what_they_wait_for what, error_code& told) {
  try {
    co_await what(on, *of);
  } catch (const boost::system::system_error& failed) {
    told = failed.code();
  }
}

task<> set_up(shard& on, scene& of) {
  of.both = co_await connect_both(on);
  of.direct = co_await connect_both(on);
  of.sending = co_await connect_both(on);
  of.listener = on.listen(any_port());
  of.full = on.listen(any_port(), {.backlog = 0});
  of.udp = on.bind(asio::ip::udp::endpoint(asio::ip::address_v4::loopback(), 0));
}

class sockets_of_a_shard_that_stops : public on_shard {};

TEST_F(sockets_of_a_shard_that_stops, tell_all_who_wait) {
  std::map<std::string, error_code> told;
  run([&told](shard& on) -> task<> {
    const auto of = std::make_shared<scene>();
    co_await set_up(on, *of);
    for (const auto& [name, what] : waits)
      on.spawn(wait(on, of, what, told[name])).detach();
    co_await on.sleep_for(200ms); // all are in the kernel
  });
  all.group.stop();
  all.group.join();
  EXPECT_EQ(told.size(), waits.size());
  for (const auto& [name, error] : told)
    EXPECT_EQ(error, errc::stopped) << name;
}

TEST_F(sockets_of_a_shard_that_stops, may_have_bytes_and_connections_that_nobody_took) {
  run([](shard& on) -> task<> {
    const auto of = std::make_shared<scene>();
    co_await set_up(on, *of);
    const auto at = of->listener.local_endpoint<tcp::endpoint>();
    const shard_socket first = co_await on.connect(at);
    const shard_socket taken = co_await on.accept(of->listener);
    const shard_socket later = co_await on.connect(at);
    co_await on.send(of->both.theirs, asio::buffer("x", 1));
    static_cast<void>(co_await on.recv(of->both.ours));
    co_await on.send(of->both.theirs, asio::buffer(std::string(1000, 'x')));
    co_await on.sleep_for(20ms);
    on.spawn([](shard& where, shared_scene kept) -> task<> {
        static_cast<void>(kept);
        co_await where.sleep_for(1h);
      }(on, of))
        .detach();
  });
  all.group.stop();
  all.group.join();
}

} // namespace
} // namespace shardbridge::tests
