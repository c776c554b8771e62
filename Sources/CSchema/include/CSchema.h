#ifndef CSCHEMA_H
#define CSCHEMA_H
#include <stddef.h>
#ifdef __cplusplus
extern "C" {
#endif
/* Validates a JSON value against a JSON Schema, draft 4 to 7 (https://json-schema.org/draft-07), with valijson. */

/* A part of the value that is not valid: the steps that lead to it, `key` or `3`, each terminated, and the reason.
   Valid during the call. */
typedef void (*cschema_visit)(void *context, const char *const *steps, size_t count, const char *description);

/* Whether a pattern can be read: Go's syntax has more than that of ECMAScript. One that cannot matches everything. */
int cschema_reads(const char *pattern);

/* Returns 0 if the schema could be applied, valid or not; -1 with the reason if not: a reference to another document.
   Both texts are JSON. Patterns are matched in time linear in the text. The caller checks limits of nesting, and
   references that lead in a circle. */
int cschema_validate(
    const char *schema, size_t schema_count, const char *value, size_t value_count, cschema_visit visit,
    void *context, char *error, size_t error_count);
#ifdef __cplusplus
}
#endif
#endif
