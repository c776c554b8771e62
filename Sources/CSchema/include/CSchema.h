#ifndef CSCHEMA_H
#define CSCHEMA_H
#include <stddef.h>
#ifdef __cplusplus
extern "C" {
#endif
/* Validates a JSON value against a JSON Schema, draft 4 to 7 (https://json-schema.org/draft-07), with valijson. */

/* Called for each part of the value that the schema forbids: the steps to it, `key` or `3`, each null-terminated, and
   the reason. The strings are valid during the call. */
typedef void (*cschema_visit)(void *context, const char *const *steps, size_t count, const char *description);

/* Whether a pattern can be read. Go's patterns have more than those of ECMAScript. An unreadable one matches
   everything. */
int cschema_reads(const char *pattern);

/* Returns 0 if the schema could be applied, whether or not the value is valid; -1 with the reason if not, as for a
   reference to another document. Both texts are JSON. Patterns are matched in time linear in the text. The caller
   checks nesting and circular references. */
int cschema_validate(
  const char *schema, size_t schema_count, const char *value, size_t value_count, cschema_visit visit, void *context,
  char *error, size_t error_count);
#ifdef __cplusplus
}
#endif
#endif
