// Goal: what a client of kv_server sends is found to be the same commands however it is cut to pieces, and no log that
// is read back leads beyond its bytes. Method: every input whole and in pieces; the same bytes as a segment of the log.
#include "fuzz.hpp"

#include <resp_reader.hpp>
#include <segment_scan.hpp>

#include <string>
#include <vector>

namespace shardbridge::fuzz {
namespace {

using kv_server::resp_reader;
using status = resp_reader::status;

struct told {
  std::vector<std::vector<std::string>> commands;
  std::string error;
  friend bool operator==(const told&, const told&) = default;
};

/// Feeds `text`, of which `step` more bytes come each time.
told read_by(std::size_t step, std::string_view text) {
  resp_reader reader({.bulk_bytes = 64, .command_bytes = 128, .words = 8, .line_bytes = 64});
  told out;
  std::size_t begin = 0;
  for (std::size_t seen = 0; seen < text.size();) {
    seen = std::min(seen + step, text.size());
    for (;;) {
      const std::string_view input = text.substr(begin, seen - begin);
      const status now = reader.next(input);
      if (now == status::broken) {
        out.error = reader.error();
        return out;
      }
      if (now == status::incomplete) break;
      require(reader.bytes() > 0 && reader.bytes() <= input.size(), "a command has bytes, and they have come");
      out.commands.emplace_back(reader.words().begin(), reader.words().end());
      reader.forget();
      begin += reader.bytes();
    }
  }
  return out;
}

void scan_log(std::string_view bytes) {
  if (bytes.size() < kv_server::segment_header_bytes) return;
  kv_server::segment_scan scan(bytes, {.number = 1, .shard = 0, .previous_end = 0, .first_sequence = 1});
  std::size_t end = kv_server::segment_header_bytes;
  while (const auto found = scan.next()) {
    require(scan.begin() == end && scan.end() <= bytes.size(), "records follow one another within the segment");
    end = scan.end();
  }
  static_cast<void>(scan.clean());
}

} // namespace

void run(std::span<const std::uint8_t> bytes) {
  input from(bytes);
  const std::size_t step = from.byte() % 16U + 1U;
  const told whole = read_by(from.rest().size() + 1, from.rest());
  const told pieces = read_by(step, from.rest());
  require(whole == pieces, "pieces are the same commands as the whole");
  scan_log(from.rest());
}

} // namespace shardbridge::fuzz
