#include "block_book.hpp"

#include <algorithm>

namespace shardbridge::soak {

block_book::block_book(std::uint32_t file, std::uint32_t blocks) : file_(file), blocks_(blocks) {
  for (std::uint32_t each = 0; each < blocks; ++each)
    blocks_[each].candidates = {stamp{file, each, 0}};
}

bool block_book::settled(std::uint32_t first, std::uint32_t count) const {
  return std::ranges::all_of(std::span(blocks_).subspan(first, count),
                             [](const block& each) { return !each.closed && each.candidates.size() == 1; });
}

bool block_book::closed(std::uint32_t first, std::uint32_t count) const {
  return std::ranges::any_of(std::span(blocks_).subspan(first, count), &block::closed);
}

void block_book::written(std::uint32_t first, std::uint32_t count, fate how) {
  for (std::uint32_t each = first; each < first + count; ++each) {
    const stamp made = next(each);
    blocks_[each].generation = made.generation;
    change(blocks_[each], made, how);
  }
}

void block_book::copied(std::uint32_t from, std::uint32_t to, std::uint32_t count, fate how) {
  for (std::uint32_t each = 0; each < count; ++each)
    change(blocks_[to + each], blocks_[from + each].candidates.front(), how);
}

void block_book::reopen() {
  for (block& each : blocks_)
    each.closed = false;
}

void block_book::change(block& which, const stamp& to, fate how) {
  if (how == fate::not_done) return;
  if (how == fate::done) which.candidates.clear();
  if (std::ranges::find(which.candidates, to) == which.candidates.end()) which.candidates.push_back(to);
  if (how == fate::late) which.closed = true;
}

} // namespace shardbridge::soak
