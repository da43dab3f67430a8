#include <asio_side/prometheus/metric_rows.hpp>

#include <cstddef>

namespace shardbridge::detail {
namespace {

template <auto Member, pressure_level Level>
double read_of_level(const bridge_stats& from) {
  return plain((from.*Member)[static_cast<std::size_t>(Level)]);
}

template <pressure_level Level>
double is_at_level(const bridge_stats& from) {
  return from.level == Level ? 1 : 0;
}

using b = bridge_stats;
template <auto Member>
constexpr auto of_bridge = only<Member, b>();

template <auto Member>
constexpr std::array<metric_series<b>, 3> by_level{{{"normal", read_of_level<Member, pressure_level::normal>},
                                                    {"throttled", read_of_level<Member, pressure_level::throttled>},
                                                    {"suspended", read_of_level<Member, pressure_level::suspended>}}};

constexpr std::array<metric_series<b>, 3> present_level{{{"normal", is_at_level<pressure_level::normal>},
                                                         {"throttled", is_at_level<pressure_level::throttled>},
                                                         {"suspended", is_at_level<pressure_level::suspended>}}};

// bridge_stats::refused is not among them: it is the sum over the label of its causes.
constexpr metric_row<b> of_bridges[] = {
    {"shardbridge_bridge_accepted_total", "Operations that were given a permit.", nullptr, of_bridge<&b::accepted>},
    {"shardbridge_bridge_completed_total", "Accepted operations that came back, however they ended.", nullptr,
     of_bridge<&b::completed>},
    {"shardbridge_bridge_cached_reads_total",
     "Reads tried by their initiating thread, by whether they were in the page cache; hits are not accepted.",
     "outcome",
     {{{"hit", read<&b::cached_reads>}, {"missed", read<&b::cached_reads_missed>}}}},
    {"shardbridge_bridge_refused_total",
     "Operations that were refused, by cause.",
     "cause",
     {{{"no_room", read<&b::refused_no_room>},
       {"too_large", read<&b::refused_too_large>},
       {"stopped", read<&b::refused_stopped>}}}},
    {"shardbridge_bridge_expired_total",
     "Operations that missed their deadline, by where they were.",
     "stage",
     {{{"waiting", read<&b::expired_waiting>},
       {"queued", read<&b::expired_queued>},
       {"in_flight", read<&b::expired_in_flight>}}}},
    {"shardbridge_bridge_cancelled_total",
     "Operations that ended cancelled, before or after they were accepted.",
     "stage",
     {{{"waiting", read<&b::cancelled_waiting>}, {"accepted", read<&b::cancelled>}}}},
    {"shardbridge_bridge_failed_total", "Accepted operations that ended with an error of the kernel.", nullptr,
     of_bridge<&b::failed>},
    {"shardbridge_bridge_outcome_unknown_total", "Accepted operations of which nobody knows what they did.", nullptr,
     of_bridge<&b::outcome_unknown>},
    {"shardbridge_bridge_ops", "Operations that hold a permit now.", nullptr, of_bridge<&b::ops>},
    {"shardbridge_bridge_max_ops", "How many operations may hold a permit.", nullptr, of_bridge<&b::max_ops>},
    {"shardbridge_bridge_bytes", "Bytes of the operations that hold a permit now.", nullptr, of_bridge<&b::bytes>},
    {"shardbridge_bridge_max_bytes", "How many bytes operations with a permit may have.", nullptr,
     of_bridge<&b::max_bytes>},
    {"shardbridge_bridge_waiting", "Operations that wait for a permit now.", nullptr, of_bridge<&b::waiting>},
    {"shardbridge_bridge_pressure_level", "1 for the present level of pressure, 0 for the others.", "level",
     present_level},
    {"shardbridge_bridge_level_entered_total", "How often each level of pressure was entered.", "level",
     by_level<&b::level_entered>},
    {"shardbridge_bridge_level_seconds_total", "Time at each level of pressure.", "level", by_level<&b::time_in_level>},
    {"shardbridge_bridge_sleeps_total", "Waits of the Asio side for its eventfd.", nullptr, of_bridge<&b::sleeps>},
    {"shardbridge_bridge_wakes_total", "Eventfd writes of shards to wake the Asio side.", nullptr,
     of_bridge<&b::wakes>},
    {"shardbridge_bridge_wakes_skipped_total", "Batches of replies that came while it was awake: no write.", nullptr,
     of_bridge<&b::wakes_skipped>},
    {"shardbridge_bridge_wakes_spurious_total", "Waits for the eventfd that ended though nothing had come.", nullptr,
     of_bridge<&b::wakes_spurious>},
    {"shardbridge_bridge_rearms_total", "Waits for the eventfd not begun, since something had come just before.",
     nullptr, of_bridge<&b::rearms>},
    {"shardbridge_bridge_looks_total",
     "Looks for more before a wait: a hit saved the wait.",
     "outcome",
     {{{"hit", read<&b::looks_hit>}, {"missed", read<&b::looks_missed>}}}},
    {"shardbridge_bridge_reply_batches_total", "Batches in which replies were taken.", nullptr,
     of_bridge<&b::reply_batches>},
};

constexpr latency_leg legs[] = {
    {"waiting", &bridge_latencies::waiting}, {"lane", &bridge_latencies::lane},
    {"backlog", &bridge_latencies::backlog}, {"in_kernel", &bridge_latencies::in_kernel},
    {"reply", &bridge_latencies::reply},     {"total", &bridge_latencies::total},
};

} // namespace

std::span<const metric_row<bridge_stats>> bridge_rows() noexcept {
  return of_bridges;
}
std::span<const latency_leg> latency_legs() noexcept {
  return legs;
}

} // namespace shardbridge::detail
