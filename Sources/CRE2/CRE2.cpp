#include "CRE2.h"
#include <algorithm>
#include <cstring>
#include <re2/re2.h>
#include <string>
#include <vector>

using re2::RE2;
using re2::StringPiece;

static RE2 *of(const cre2 *expression) { return reinterpret_cast<RE2 *>(const_cast<cre2 *>(expression)); }

cre2 *cre2_compile(const char *pattern, size_t count, cre2_error *error) {
  RE2::Options options;
  options.set_log_errors(false);
  auto expression = new RE2(StringPiece(pattern ? pattern : "", count), options);
  if (expression->ok()) return reinterpret_cast<cre2 *>(expression);
  const std::string &part = expression->error_arg();
  error->code = expression->error_code();
  error->part_count = std::min(part.size(), sizeof error->part);
  std::memcpy(error->part, part.data(), error->part_count);
  delete expression;
  return nullptr;
}

void cre2_free(cre2 *expression) { delete of(expression); }

int cre2_group_count(const cre2 *expression) { return of(expression)->NumberOfCapturingGroups(); }

int cre2_group(const cre2 *expression, const char *name, size_t count) {
  const auto &groups = of(expression)->NamedCapturingGroups();
  auto found = groups.find(std::string(name, count));
  return found == groups.end() ? -1 : found->second;
}

int cre2_match(const cre2 *expression, const char *text, size_t count, size_t start, long *spans, int groups) {
  std::vector<StringPiece> found(groups);
  /* An empty text must not be at NULL, which stands for no match. */
  StringPiece whole(text ? text : "", count);
  if (!of(expression)->Match(whole, start, count, RE2::UNANCHORED, found.data(), groups)) return 0;
  for (int group = 0; group < groups; group++) {
    bool is_there = found[group].data() != nullptr;
    spans[2 * group] = is_there ? found[group].data() - whole.data() : -1;
    spans[2 * group + 1] = is_there ? spans[2 * group] + (long)found[group].size() : -1;
  }
  return 1;
}
