#ifndef CCRYPTO_H
#define CCRYPTO_H
#include <stddef.h>
#include <stdint.h>
/* SHA-256 by libcrypto. Uses the low-level calls, because EVP costs 4 MB of static code and 4 ms of start-up. */
typedef struct { uint64_t opaque[16]; } ccrypto_sha256;
void ccrypto_sha256_init(ccrypto_sha256 *state);
void ccrypto_sha256_update(ccrypto_sha256 *state, const void *bytes, size_t count);
void ccrypto_sha256_final(ccrypto_sha256 *state, uint8_t digest[32]);
/* Of bytes that are there as a whole. */
void ccrypto_sha1(const void *bytes, size_t count, uint8_t digest[20]);
void ccrypto_sha256_of(const void *bytes, size_t count, uint8_t digest[32]);
void ccrypto_sha512(const void *bytes, size_t count, uint8_t digest[64]);
#endif
