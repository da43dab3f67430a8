#include "inline_words.hpp"

#include <cctype>
#include <charconv>
#include <utility>

namespace kv_server {
namespace {

bool is_blank(char c) {
  return std::isspace(static_cast<unsigned char>(c)) != 0 || c == '\0';
}

char unescaped(char c) {
  switch (c) {
  case 'n':
    return '\n';
  case 'r':
    return '\r';
  case 't':
    return '\t';
  case 'b':
    return '\b';
  case 'a':
    return '\a';
  default:
    return c;
  }
}

class splitter {
 public:
  explicit splitter(std::string_view line) : rest_(line) {}

  std::optional<std::vector<std::string>> all() {
    std::vector<std::string> out;
    for (skip_blanks(); !rest_.empty(); skip_blanks()) {
      std::string word;
      while (!rest_.empty() && !is_blank(rest_.front())) {
        const char c = take();
        if (c != '"' && c != '\'') {
          word.push_back(c);
        } else if (!take_quoted(word, c) || (!rest_.empty() && !is_blank(rest_.front()))) {
          return std::nullopt;
        }
      }
      out.push_back(std::move(word));
    }
    return out;
  }

 private:
  void skip_blanks() {
    while (!rest_.empty() && is_blank(rest_.front()))
      rest_.remove_prefix(1);
  }
  char take() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }
  /// Whether the quote ends.
  bool take_quoted(std::string& word, char quote) {
    while (!rest_.empty()) {
      const char c = take();
      if (c == quote) return true;
      if (c != '\\' || rest_.empty())
        word.push_back(c);
      else if (quote == '"')
        word.push_back(take_escaped());
      else
        word.push_back(rest_.front() == '\'' ? take() : c);
    }
    return false;
  }
  char take_escaped() {
    unsigned char value = 0;
    if (rest_.size() >= 3 && rest_.front() == 'x') {
      const char* const end = rest_.data() + 3;
      if (std::from_chars(rest_.data() + 1, end, value, 16).ptr == end) {
        rest_.remove_prefix(3);
        return static_cast<char>(value);
      }
    }
    return unescaped(take());
  }

  std::string_view rest_;
};

} // namespace

std::optional<std::vector<std::string>> inline_words(std::string_view line) {
  return splitter(line).all();
}

} // namespace kv_server
