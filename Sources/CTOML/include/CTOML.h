#ifndef CTOML_H
#define CTOML_H
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
/* TOML 1.0 (https://toml.io/en/v1.0.0) read by toml++, told as a walk over the tree: a table is BEGIN, then KEY and a value
   for each member, then END; an array is BEGIN, values, END. The members of a table come in no order that means anything:
   sort them by their keys' positions. */

enum ctoml_kind {
  CTOML_TABLE_BEGIN, CTOML_TABLE_END, CTOML_ARRAY_BEGIN, CTOML_ARRAY_END, CTOML_KEY,
  CTOML_STRING, CTOML_INTEGER, CTOML_FLOAT, CTOML_BOOLEAN, CTOML_TIME
};

struct ctoml_node {
  enum ctoml_kind kind;
  /* From 1; columns count code points. end is the place after the last character. 0 when the node has no text of its own. */
  uint32_t line, column, end_line, end_column;
  /* Of KEY, STRING and TIME: UTF-8, not terminated, valid during the call. */
  const char *text;
  size_t length;
  /* Of INTEGER; 0 or 1 of BOOLEAN. */
  int64_t integer;
  double real;
};

struct ctoml_error {
  uint32_t line, column;
  char description[400];
};

typedef void (*ctoml_visit)(void *context, const struct ctoml_node *node);

/* 0, or -1 with the error filled in. Safe for any bytes: nesting is bounded, and memory running out is an error too. */
int ctoml_parse(const char *bytes, size_t count, ctoml_visit visit, void *context, struct ctoml_error *error);
#ifdef __cplusplus
}
#endif
#endif
