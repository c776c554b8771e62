#ifndef CTOML_H
#define CTOML_H
#include <stddef.h>
#ifdef __cplusplus
extern "C" {
#endif
/* Placeholder until the shim lands. */
int ctoml_placeholder(void);
#ifdef __cplusplus
}
#endif
#endif
