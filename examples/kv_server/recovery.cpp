#include "recovery.hpp"

#include "segment_scan.hpp"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <utility>
#include <vector>

namespace kv_server {
namespace {

using shardbridge::task;

std::vector<std::uint64_t> numbers_in(const std::string& folder) {
  std::vector<std::uint64_t> out;
  for (const auto& each : std::filesystem::directory_iterator(folder))
    if (const auto number = segment_number(each.path().filename().native())) out.push_back(*number);
  std::ranges::sort(out);
  return out;
}

class reader {
 public:
  reader(files& with, segment_maker& maker, log_state& log, bool accept_damage) noexcept
      : files_(with), maker_(maker), log_(log), accept_damage_(accept_damage) {}

  task<recovery_report> read_all() {
    const auto numbers = numbers_in(log_.folder.path);
    for (const std::uint64_t number : numbers) {
      if (!log_.all.empty() && number != log_.all.back()->number + 1)
        damaged(maker_.path_of(log_.all.back()->number + 1), 0, "the file is missing");
      co_await read(number, number == numbers.back());
    }
    co_return report_;
  }

 private:
  task<> read(std::uint64_t number, bool is_last) {
    auto found = std::make_shared<segment>();
    found->number = number;
    found->file = co_await files_.open(maker_.path_of(number), shardbridge::open_flags::read_write);
    std::string bytes = co_await files_.read_all(found->file);
    auto header = read_segment_header(bytes);
    if (!header || header->number != number || header->shard != log_.shard) {
      found->damaged = damaged(found->file.path, 0, "this is not its header");
      header = segment_header{.number = number, .shard = log_.shard, .first_sequence = log_.next_sequence};
      bytes = write_segment_header(*header);
    }
    check_border(*header);
    segment_scan scan(bytes, *header);
    while (const auto each = scan.next()) {
      if (each->value)
        log_.index.set(each->key,
                       {.in = found.get(), .at = scan.begin(), .bytes = static_cast<std::uint32_t>(each->bytes())});
      else
        log_.index.erase(each->key);
      ++report_.records;
    }
    found->end = scan.end();
    log_.next_sequence = scan.next_sequence();
    if (!scan.clean() && !is_last) found->damaged = damaged(found->file.path, scan.end(), "no record is whole here");
    if (is_last) {
      report_.torn_bytes = bytes.find_last_not_of('\0') + 1 - std::min(bytes.find_last_not_of('\0') + 1, scan.end());
      found->file = co_await maker_.make_again(number, std::string_view(bytes).substr(0, scan.end()));
      co_await files_.sync_folder(log_.folder);
    }
    log_.all.push_back(std::move(found));
  }

  /// Whether a segment begins where the one before ends.
  void check_border(const segment_header& header) {
    if (!log_.all.empty()) {
      segment& before = *log_.all.back();
      if (!before.damaged && (before.end != header.previous_end || log_.next_sequence != header.first_sequence))
        before.damaged = damaged(before.file.path, before.end, "records are missing from here on");
    }
    log_.next_sequence = header.first_sequence;
  }

  bool damaged(const std::string& path, std::uint64_t at, const std::string& what) {
    if (!accept_damage_) throw damaged_log(path + " is damaged at offset " + std::to_string(at) + ": " + what);
    ++report_.damages;
    return true;
  }

  files& files_;
  segment_maker& maker_;
  log_state& log_;
  const bool accept_damage_;
  recovery_report report_;
};

} // namespace

task<recovery_report> recover(files& with, segment_maker& maker, log_state& log, bool accept_damage) {
  reader reading(with, maker, log, accept_damage);
  co_return co_await reading.read_all();
}

} // namespace kv_server
