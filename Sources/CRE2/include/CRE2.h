#ifndef CRE2_H
#define CRE2_H
#include <stddef.h>
#ifdef __cplusplus
extern "C" {
#endif
/* Regular expressions by RE2, which matches in time linear to the text. */
typedef struct cre2 cre2;
/* Why an expression is refused: RE2's ErrorCode, and the part of the expression that it is about. */
typedef struct { int code; char part[512]; size_t part_count; } cre2_error;
/* NULL if it is refused. */
cre2 *cre2_compile(const char *pattern, size_t count, cre2_error *error);
void cre2_free(cre2 *expression);
int cre2_group_count(const cre2 *expression);
/* The number of the first group of a name; -1 if there is none. */
int cre2_group(const cre2 *expression, const char *name, size_t count);
/* The leftmost match from start on. spans receives start and end of the match and of its groups, -1 for a group that
   has no part in it: 2 * groups numbers, where the match itself is the first group. Returns whether there is one. */
int cre2_match(const cre2 *expression, const char *text, size_t count, size_t start, long *spans, int groups);
#ifdef __cplusplus
}
#endif
#endif
