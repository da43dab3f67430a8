#include "info_text.hpp"

#include "same_word.hpp"

#include <algorithm>
#include <array>
#include <concepts>

namespace kv_server {
namespace {

class writer {
 public:
  explicit writer(std::string_view section)
      : wanted_(section), all_(std::ranges::any_of(everything, [&](auto each) { return same_word(each, section); })) {}

  /// Whether it is wanted; its lines follow.
  bool begin(std::string_view title, std::string_view name) {
    if (!all_ && !same_word(name, wanted_)) return false;
    if (!out_.empty()) out_.append("\r\n");
    out_.append("# ").append(title).append("\r\n");
    return true;
  }
  void line(std::string_view name, std::string_view value) {
    out_.append(name).append(1, ':').append(value).append("\r\n");
  }
  void line(std::string_view name, std::integral auto value) { line(name, std::to_string(value)); }

  std::string take() { return std::move(out_); }

 private:
  static constexpr std::array<std::string_view, 4> everything{"", "all", "default", "everything"};

  std::string_view wanted_;
  bool all_;
  std::string out_;
};

void write_persistence(writer& to, const store_numbers& store) {
  to.line("aof_enabled", 1); // as Redis calls that each write goes to a log
  to.line("aof_last_write_status", store.write_failure.empty() ? "ok" : "err");
  to.line("read_only_shards", store.read_only);
  to.line("write_failure", store.write_failure);
  to.line("compact_failure", store.compact_failure);
  to.line("log_segments", store.segments);
  to.line("log_bytes", store.log_bytes);
  to.line("log_live_bytes", store.live_bytes);
  to.line("recovered_records", store.recovered_records);
  to.line("recovered_torn_bytes", store.torn_bytes);
  to.line("accepted_damages", store.accepted_damages);
}

} // namespace

std::string info_text(const server_numbers& from, std::string_view section) {
  writer out(section);
  if (out.begin("Server", "server")) {
    out.line("server_name", "shardbridge_kv_server");
    out.line("redis_version", "7.0.0"); // whose commands these are
    out.line("network", from.form);
    out.line("process_id", from.process);
    out.line("tcp_port", from.port);
    out.line("uptime_in_seconds", from.uptime_seconds);
    out.line("threads", from.threads);
    out.line("shards", from.shards);
  }
  if (out.begin("Clients", "clients")) {
    out.line("connected_clients", from.clients);
    out.line("maxclients", from.max_clients);
  }
  if (out.begin("Persistence", "persistence")) write_persistence(out, from.store);
  if (out.begin("Stats", "stats")) {
    out.line("total_connections_received", from.connections);
    out.line("rejected_connections", from.rejected);
    out.line("total_commands_processed", from.commands);
    out.line("total_net_input_bytes", from.input_bytes);
    out.line("total_net_output_bytes", from.output_bytes);
    out.line("commits", from.store.commits);
    out.line("committed_records", from.store.records);
    out.line("compacted_segments", from.store.compacted_segments);
    out.line("compacted_bytes", from.store.compacted_bytes);
  }
  if (out.begin("Keyspace", "keyspace") && from.store.keys > 0)
    out.line("db0", "keys=" + std::to_string(from.store.keys) + ",expires=0,avg_ttl=0");
  return out.take();
}

} // namespace kv_server
