#ifndef CSCHEMA_H
#define CSCHEMA_H
#include <stddef.h>
#ifdef __cplusplus
extern "C" {
#endif
/* Holds a JSON value against a JSON Schema, draft 4 to 7 (https://json-schema.org/draft-07), with valijson. */

/* A part of the value that the schema forbids: the steps that lead to it, `key` or `3`, each terminated, and what is
   wrong. Valid during the call. */
typedef void (*cschema_visit)(void *context, const char *const *steps, size_t count, const char *description);

/* Whether a pattern can be read: those of Go have more than those of ECMAScript. One that cannot be matches everything. */
int cschema_reads(const char *pattern);

/* Returns 0 if the schema could be applied, however the value fared; -1 with the reason if not: a reference to another
   document. Both texts are JSON. Patterns are matched in time linear in the text. Limits of
   nesting, and references that lead in a circle, are the caller's to check. */
int cschema_validate(const char *schema, size_t schema_count, const char *value, size_t value_count, cschema_visit visit, void *context, char *error, size_t error_count);
#ifdef __cplusplus
}
#endif
#endif
