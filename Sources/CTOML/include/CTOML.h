#ifndef CTOML_H
#define CTOML_H
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
/* Reads TOML 1.0 (https://toml.io/en/v1.0.0) with toml++ and reports it as a walk over the tree: a table is BEGIN, then
   KEY and a value for each member, then END; an array is BEGIN, values, END. The order of a table's members is
   unspecified: sort them by their keys' positions. */

enum ctoml_kind {
  CTOML_TABLE_BEGIN, CTOML_TABLE_END, CTOML_ARRAY_BEGIN, CTOML_ARRAY_END, CTOML_KEY,
  CTOML_STRING, CTOML_INTEGER, CTOML_FLOAT, CTOML_BOOLEAN, CTOML_TIME
};

struct ctoml_node {
  enum ctoml_kind kind;
  /* From 1; columns count code points; the end is behind the last character. 0 if the node has no text of its own. */
  uint32_t line, column, end_line, end_column;
  /* For KEY, STRING and TIME: UTF-8, not terminated, valid during the call. */
  const char *text;
  size_t length;
  /* For INTEGER; 0 or 1 for BOOLEAN. */
  int64_t integer;
  double real;
};

struct ctoml_error {
  uint32_t line, column;
  char description[400];
};

typedef void (*ctoml_visit)(void *context, const struct ctoml_node *node);

/* Returns 0, or -1 with the error filled in. Safe for any input: nesting is limited, and running out of memory is an
   error too. */
int ctoml_parse(const char *bytes, size_t count, ctoml_visit visit, void *context, struct ctoml_error *error);
#ifdef __cplusplus
}
#endif
#endif
