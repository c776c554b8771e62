#include "CTOML.h"
#include <cstring>
#include <new>
#include <sstream>
#include <string_view>
#define TOML_MAX_NESTED_VALUES 32
#include <toml++/toml.h>

namespace {

/* toml++ bounds the nesting of arrays and inline tables, but not that of dotted keys, whose tables it makes and frees by
   recursion: a megabyte of "a.a.a." would overflow the stack. */
constexpr int depth_limit = 32;

/* Finds a dotted key deeper than the limit. Dots in strings and comments do not count. */
bool too_deep(std::string_view text, ctoml_error *error) {
  uint32_t line = 1, column = 0;
  int dots = 0;
  size_t at = 0;
  auto step = [&] {
    unsigned char byte = text[at++];
    if (byte == '\n') { line++; column = 0; } else if ((byte & 0xC0) != 0x80) column++;
  };
  auto starts = [&](std::string_view what) { return text.substr(at, what.size()) == what; };
  while (at < text.size()) {
    char c = text[at];
    if (c == '#') {
      while (at < text.size() && text[at] != '\n') step();
      continue;
    }
    if (c == '"' || c == '\'') {
      std::string_view fence = c == '"' ? "\"\"\"" : "'''";
      bool block = starts(fence);
      if (!block) fence = fence.substr(0, 1);
      for (size_t i = 0; i < fence.size(); i++) step();
      while (at < text.size() && !starts(fence) && (block || text[at] != '\n')) {
        if (c == '"' && text[at] == '\\' && at + 1 < text.size()) step();
        step();
      }
      for (size_t i = 0; i < fence.size() && at < text.size(); i++) step();
      continue;
    }
    if (c == '.') {
      if (++dots > depth_limit) {
        error->line = line;
        error->column = column + 1;
        std::strcpy(error->description, "keys nested too deeply");
        return true;
      }
    } else if (c == '\n' || c == ',' || c == '=') dots = 0;
    step();
  }
  return false;
}

struct Walk {
  ctoml_visit visit;
  void *context;

  void place(ctoml_node &node, const toml::source_region &source) const {
    node.line = source.begin.line;
    node.column = source.begin.column;
    node.end_line = source.end.line;
    node.end_column = source.end.column;
  }

  void tell(ctoml_kind kind, const toml::source_region &source, std::string_view text = {}, int64_t integer = 0, double real = 0) const {
    ctoml_node node{};
    node.kind = kind;
    place(node, source);
    node.text = text.data();
    node.length = text.size();
    node.integer = integer;
    node.real = real;
    visit(context, &node);
  }

  template <class T> void time(const toml::node &node) const {
    std::ostringstream out;
    out << node.as<T>()->get();
    tell(CTOML_TIME, node.source(), out.str());
  }

  void value(const toml::node &node) const {
    switch (node.type()) {
    case toml::node_type::table:
      tell(CTOML_TABLE_BEGIN, node.source());
      for (auto &&[key, member] : *node.as_table()) {
        tell(CTOML_KEY, key.source(), key.str());
        value(member);
      }
      tell(CTOML_TABLE_END, node.source());
      break;
    case toml::node_type::array:
      tell(CTOML_ARRAY_BEGIN, node.source());
      for (auto &&element : *node.as_array()) value(element);
      tell(CTOML_ARRAY_END, node.source());
      break;
    case toml::node_type::string: tell(CTOML_STRING, node.source(), node.as_string()->get()); break;
    case toml::node_type::integer: tell(CTOML_INTEGER, node.source(), {}, node.as_integer()->get()); break;
    case toml::node_type::floating_point: tell(CTOML_FLOAT, node.source(), {}, 0, node.as_floating_point()->get()); break;
    case toml::node_type::boolean: tell(CTOML_BOOLEAN, node.source(), {}, node.as_boolean()->get()); break;
    case toml::node_type::date: time<toml::date>(node); break;
    case toml::node_type::time: time<toml::time>(node); break;
    case toml::node_type::date_time: time<toml::date_time>(node); break;
    case toml::node_type::none: break;
    }
  }
};

}  // namespace

int ctoml_parse(const char *bytes, size_t count, ctoml_visit visit, void *context, ctoml_error *error) {
  std::memset(error, 0, sizeof *error);
  std::string_view text(bytes, count);
  if (too_deep(text, error)) return -1;
  try {
    toml::parse_result result = toml::parse(text);
    if (!result) {
      error->line = result.error().source().begin.line;
      error->column = result.error().source().begin.column;
      std::string_view description = result.error().description();
      size_t length = std::min(description.size(), sizeof error->description - 1);
      std::memcpy(error->description, description.data(), length);
      return -1;
    }
    Walk{visit, context}.value(result.table());
    return 0;
  } catch (const std::bad_alloc &) {
    std::strcpy(error->description, "out of memory");
    return -1;
  }
}
