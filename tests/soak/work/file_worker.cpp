// Goal: what is read is what was written, whatever ends operations early. Method: a file of stripes, each worked on by
// a coroutine of its own with one operation at a time, while the file's operations are cancelled now and then; the file
// is closed and opened again and again, and read as a whole in between. A book knows what every block may hold.
#include "../decisions/block_book.hpp"
#include "../decisions/steps.hpp"
#include "nursery.hpp"
#include "scene.hpp"

#include <algorithm>
#include <array>
#include <fcntl.h>
#include <fstream>
#include <stdexcept>

#include <unistd.h>

namespace shardbridge::soak {
namespace {

constexpr std::uint32_t stripes = 4;
constexpr std::uint32_t blocks_of_stripe = 6;
constexpr std::uint32_t blocks_of_file = stripes * blocks_of_stripe;
constexpr std::uint64_t steps_of_life = 40;

std::uint64_t offset_of(std::uint32_t block) {
  return std::uint64_t{block} * block_bytes;
}

using stripe_memory = std::array<std::byte, std::size_t{blocks_of_stripe} * block_bytes>;

std::span<std::byte, block_bytes> block_of(std::span<std::byte> bytes, std::size_t index) {
  return std::span<std::byte, block_bytes>(bytes.subspan(index * block_bytes, block_bytes));
}

/// In pieces that end inside of blocks.
template <class Buffer>
std::vector<Buffer> pieces_of(Buffer whole, bool several) {
  std::vector<Buffer> out;
  for (std::size_t piece = 1000; several && whole.size() > piece; piece += 2345) {
    out.emplace_back(whole.data(), piece);
    whole += piece;
  }
  out.push_back(whole);
  return out;
}

class file_worker final : public worker {
 public:
  file_worker(scene& in, std::uint32_t number, std::string path, bridge& link, const expectation& allowed)
      : scene_(in), number_(number), path_(std::move(path)), link_(link), allowed_(allowed), strand_(in.new_strand()),
        book_(number, blocks_of_file), file_(link) {
    std::ofstream out(path_, std::ios::binary);
    for (std::uint32_t each = 0; each < blocks_of_file; ++each) {
      std::array<std::byte, block_bytes> made;
      fill(made, {number_, each, 0});
      out.write(reinterpret_cast<const char*>(made.data()), block_bytes);
    }
    if (!out.flush()) throw std::runtime_error("cannot write " + path_);
  }

  void start() override {
    run_steps(scene_, strand_, [this] { return life(); });
  }
  void rest() override { book_.reopen(); }

 private:
  /// One stripe of the file, and the operation that works on it.
  struct stripe {
    std::uint64_t steps = 0;
    stripe_memory bytes{};
    std::stop_source stop;
    asio::cancellation_signal signal;
  };
  /// What was drawn, with what the library is told of it.
  struct step {
    file_plan plan;
    std::uint32_t first = 0; ///< block of the file
    op_options options;
    asio::cancellation_slot slot;
    std::span<std::byte> bytes;
  };

  asio::awaitable<void> life() {
    const std::uint64_t which = lives_++;
    // What hangs in an open that was answered before would find the file open.
    const auto open = [this](auto handler) { file_.async_open(path_, open_flags::read_write, std::move(handler)); };
    const auto [failed] = co_await counted<error_code>(scene_.to, kind::open_close, allowed_, open);
    if (failed) {
      file_ = random_access_file(link_);
      asio::steady_timer wait(strand_, 2ms); // others need the room
      co_await wait.async_wait(asio::use_awaitable);
      co_return;
    }
    nursery all(strand_);
    for (stripe& each : stripes_)
      all.spawn(work_on(each));
    all.spawn(disturb(all, which));
    co_await all.join();
    co_await copy(which);
    co_await read_all();
    const auto close = [this](auto handler) { file_.async_close(std::move(handler)); };
    const auto [refused] = co_await counted<error_code>(scene_.to, kind::open_close, allowed_, close);
    if (!refused) book_.reopen();
  }

  /// Ends operations of the stripes early, in three ways.
  asio::awaitable<void> disturb(nursery& all, std::uint64_t which) {
    dice chance = scene_.roll(worker_id() + 5, which);
    asio::steady_timer wait(strand_);
    while (all.running() > 1) {
      wait.expires_after(std::chrono::microseconds(chance.roll(3000)));
      co_await wait.async_wait(asio::use_awaitable);
      stripe& one = stripes_[chance.roll(stripes)];
      const std::uint64_t how = chance.roll(16);
      if (how == 0) file_.cancel();
      if (how < 8) one.stop.request_stop();
      if (how >= 8)
        one.signal.emit(chance.one_in(3) ? asio::cancellation_type::total : asio::cancellation_type::terminal);
    }
  }

  asio::awaitable<void> work_on(stripe& which) {
    for (std::uint64_t left = steps_of_life; left > 0 && !scene_.around.pause.ended(); --left) {
      step next = draw(which);
      asio::awaitable<void> work = begin(next);
      co_await std::move(work);
    }
  }

  step draw(stripe& which) {
    const auto index = static_cast<std::uint32_t>(&which - stripes_.data());
    dice chance = scene_.roll(worker_id() + 1 + index, which.steps++);
    step out;
    out.plan = draw_file_step(chance, blocks_of_stripe);
    out.first = index * blocks_of_stripe + out.plan.first;
    out.bytes = std::span(which.bytes).first(out.plan.count * block_bytes);
    if (out.plan.high) out.options.priority = priority::high;
    if (chance.one_in(6)) out.options.placement = placement::in_turn;
    if (out.plan.early == ending::timeout) out.options.timeout = out.plan.timeout;
    if (out.plan.early == ending::stop_token) {
      which.stop = std::stop_source();
      out.options.stop_token = which.stop.get_token();
    }
    if (out.plan.early == ending::slot) out.slot = which.signal.slot();
    return out;
  }

  asio::awaitable<void> begin(step& next) {
    const bool closed = book_.closed(next.first, next.plan.count);
    switch (next.plan.what) {
    case file_step::write:
      return closed ? read(next) : write(next);
    case file_step::owned_read:
      return owned_read(next);
    case file_step::owned_write:
      return closed ? owned_read(next) : owned_write(next);
    case file_step::composed_read:
      return composed_read(next);
    case file_step::composed_write:
      return closed ? composed_read(next) : composed_write(next);
    case file_step::synced:
      return closed ? read(next) : synced(next);
    case file_step::sync:
      return sync(next);
    case file_step::size:
      return size(next);
    case file_step::advise:
      return advise(next);
    case file_step::read:
      break;
    }
    return read(next);
  }

  /// What the blocks of the next write must be, in `bytes`.
  void prepare(const step& next, std::span<std::byte> bytes) {
    for (std::uint32_t each = 0; each < next.plan.count; ++each)
      fill(block_of(bytes, each), book_.next(next.first + each));
  }
  void verify(std::uint32_t first, std::span<std::byte> bytes, std::size_t came) {
    for (std::size_t each = 0; each < came / block_bytes; ++each) {
      const auto block = first + static_cast<std::uint32_t>(each);
      if (const auto fault = fault_in(block_of(bytes, each), book_.candidates(block)))
        scene_.to.tell("wrong data in " + path_ + ": " + *fault);
    }
  }
  void expect_all(const char* what, const error_code& failed, std::size_t came, std::size_t wanted) {
    if (!failed && came != wanted)
      scene_.to.tell(std::string(what) + " of " + path_ + ": " + std::to_string(came) + " of " +
                     std::to_string(wanted) + " bytes without an error");
  }
  void note_written(const step& next, const error_code& failed, std::size_t bytes, bool has_buffer = true) {
    book_.written(next.first, next.plan.count, fate_of(failed, bytes, next.plan.count * block_bytes, has_buffer));
  }

  asio::awaitable<void> read(step& next) {
    permit room = next.plan.permit ? link_.try_acquire(next.bytes.size()) : permit();
    next.options.permit = &room;
    const auto into = pieces_of(asio::buffer(next.bytes.data(), next.bytes.size()), next.plan.vectored);
    const auto start = [&](auto handler) {
      file_.async_read_some_at(offset_of(next.first), into, next.options,
                               asio::bind_cancellation_slot(next.slot, std::move(handler)));
    };
    const auto [failed, came] = co_await counted<error_code, std::size_t>(scene_.to, kind::read, allowed_, start);
    expect_all("a read", failed, came, next.bytes.size());
    verify(next.first, next.bytes, came);
  }
  asio::awaitable<void> write(step& next) {
    permit room = next.plan.permit ? link_.try_acquire(next.bytes.size()) : permit();
    next.options.permit = &room;
    prepare(next, next.bytes);
    const auto from = pieces_of(asio::const_buffer(next.bytes.data(), next.bytes.size()), next.plan.vectored);
    const auto start = [&](auto handler) {
      file_.async_write_some_at(offset_of(next.first), from, next.options,
                                asio::bind_cancellation_slot(next.slot, std::move(handler)));
    };
    const auto [failed, went] = co_await counted<error_code, std::size_t>(scene_.to, kind::write, allowed_, start);
    expect_all("a write", failed, went, next.bytes.size());
    note_written(next, failed, went);
  }
  asio::awaitable<void> owned_read(step& next) {
    owned_buffer taken = scene_.buffers.try_allocate(next.bytes.size());
    if (!taken) co_return;
    const auto start = [&](auto handler) {
      file_.async_read_some_at(offset_of(next.first), std::move(taken), next.options,
                               asio::bind_cancellation_slot(next.slot, std::move(handler)));
    };
    auto [failed, came, back] =
        co_await counted<error_code, std::size_t, owned_buffer>(scene_.to, kind::owned, allowed_, start);
    expect_all("a read", failed, came, next.bytes.size());
    if (back) verify(next.first, back.span(), came);
  }
  asio::awaitable<void> owned_write(step& next) {
    owned_buffer taken = scene_.buffers.try_allocate(next.bytes.size());
    if (!taken) co_return;
    prepare(next, taken.span());
    const auto start = [&](auto handler) {
      file_.async_write_some_at(offset_of(next.first), std::move(taken), next.options,
                                asio::bind_cancellation_slot(next.slot, std::move(handler)));
    };
    const auto [failed, went, back] =
        co_await counted<error_code, std::size_t, owned_buffer>(scene_.to, kind::owned, allowed_, start);
    expect_all("a write", failed, went, next.bytes.size());
    note_written(next, failed, went, static_cast<bool>(back));
  }
  asio::awaitable<void> composed_read(step& next) {
    const asio::mutable_buffer into(next.bytes.data(), next.bytes.size());
    const auto start = [&](auto handler) {
      asio::async_read_at(file_, offset_of(next.first), into,
                          with_options(next.options, asio::bind_cancellation_slot(next.slot, std::move(handler))));
    };
    const auto [failed, came] = co_await counted<error_code, std::size_t>(scene_.to, kind::composed, allowed_, start);
    expect_all("a read", failed, came, next.bytes.size());
    verify(next.first, next.bytes, came);
  }
  asio::awaitable<void> composed_write(step& next) {
    prepare(next, next.bytes);
    const asio::const_buffer from(next.bytes.data(), next.bytes.size());
    const auto start = [&](auto handler) {
      asio::async_write_at(file_, offset_of(next.first), from,
                           with_options(next.options, asio::bind_cancellation_slot(next.slot, std::move(handler))));
    };
    const auto [failed, went] = co_await counted<error_code, std::size_t>(scene_.to, kind::composed, allowed_, start);
    expect_all("a write", failed, went, next.bytes.size());
    note_written(next, failed, went);
  }
  asio::awaitable<void> synced(step& next) {
    prepare(next, next.bytes);
    const asio::const_buffer from(next.bytes.data(), next.bytes.size());
    const auto start = [&](auto handler) {
      file_.async_write_and_sync_data_at(offset_of(next.first), from, next.options,
                                         asio::bind_cancellation_slot(next.slot, std::move(handler)));
    };
    const auto [failed, both] = co_await counted<error_code, synced_write>(scene_.to, kind::synced, allowed_, start);
    expect_all("a synced write", both.write, both.bytes, next.bytes.size());
    if (failed != (both.write ? both.write : both.sync)) scene_.to.tell("a synced write tells two errors");
    note_written(next, both.write, both.bytes);
  }
  asio::awaitable<void> sync(step& next) {
    const auto start = [&](auto handler) {
      if (next.plan.vectored)
        file_.async_sync_all(next.options, asio::bind_cancellation_slot(next.slot, std::move(handler)));
      else
        file_.async_sync_data(next.options, asio::bind_cancellation_slot(next.slot, std::move(handler)));
    };
    co_await counted<error_code>(scene_.to, kind::sync, allowed_, start);
  }
  asio::awaitable<void> size(step& next) {
    const auto start = [&](auto handler) {
      file_.async_size(next.options, asio::bind_cancellation_slot(next.slot, std::move(handler)));
    };
    const auto [failed, bytes] = co_await counted<error_code, std::uint64_t>(scene_.to, kind::sync, allowed_, start);
    expect_all("the size", failed, bytes, offset_of(blocks_of_file));
  }
  asio::awaitable<void> advise(step& next) {
    const file_advice what = next.plan.vectored ? file_advice::dont_need : file_advice::will_need;
    const auto start = [&](auto handler) {
      file_.async_advise(offset_of(next.first), next.bytes.size(), what, next.options,
                         asio::bind_cancellation_slot(next.slot, std::move(handler)));
    };
    co_await counted<error_code>(scene_.to, kind::sync, allowed_, start);
  }

  /// From one stripe to another.
  asio::awaitable<void> copy(std::uint64_t which) {
    dice chance = scene_.roll(worker_id() + 6, which);
    const auto from = static_cast<std::uint32_t>(chance.roll(stripes));
    const auto to = (from + 1 + static_cast<std::uint32_t>(chance.roll(stripes - 1))) % stripes;
    const auto count = 1 + static_cast<std::uint32_t>(chance.roll(blocks_of_stripe));
    op_options options;
    if (chance.one_in(4)) options.timeout = std::chrono::microseconds(chance.roll(5000));
    const std::uint32_t source = from * blocks_of_stripe, target = to * blocks_of_stripe;
    if (!book_.settled(source, count) || book_.closed(target, count)) co_return;
    const std::uint64_t length = offset_of(count);
    const auto start = [&](auto handler) {
      async_copy(file_, offset_of(source), file_, offset_of(target), length, options, std::move(handler));
    };
    const auto [failed, copied] = co_await counted<error_code, std::uint64_t>(scene_.to, kind::copy, allowed_, start);
    expect_all("a copy", failed, copied, length);
    book_.copied(source, target, count, fate_of(failed, copied, length, true));
  }

  asio::awaitable<void> read_all() {
    for (std::uint32_t each = 0; each < stripes; ++each) {
      step all;
      all.plan.count = blocks_of_stripe;
      all.first = each * blocks_of_stripe;
      all.bytes = stripes_[each].bytes;
      co_await read(all);
    }
  }

  [[nodiscard]] std::uint64_t worker_id() const { return std::uint64_t{number_} * 16; }

  scene& scene_;
  const std::uint32_t number_;
  const std::string path_;
  bridge& link_;
  const expectation allowed_;
  const asio::any_io_executor strand_;
  block_book book_;
  random_access_file file_;
  std::array<stripe, stripes> stripes_;
  std::uint64_t lives_ = 0;
};

} // namespace

void add_file_workers(scene& in, workers& to) {
  std::uint32_t number = 1;
  const auto add = [&](const std::string& folder, bridge& link, const expectation& allowed) {
    const std::string path = folder + "/" + in.to.name + "-" + std::to_string(number);
    to.push_back(std::make_unique<file_worker>(in, number, path, link, allowed));
    ++number;
  };
  const expectation refused{.early = true, .refusals = true};
  add(in.around.folder, in.wide, {.early = true});
  add(in.around.folder, in.levels, {.early = true});
  add(in.around.folder, in.narrow, refused);
  if (in.around.broken.empty()) return;
  add(in.around.broken, in.wide, {.early = true, .faults = true});
  add(in.around.broken, in.wide, {.early = true, .faults = true});
  add(in.around.broken, in.narrow, {.early = true, .faults = true, .refusals = true});
}

} // namespace shardbridge::soak
