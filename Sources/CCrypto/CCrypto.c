#define OPENSSL_SUPPRESS_DEPRECATED
#include "CCrypto.h"
#include <openssl/sha.h>
_Static_assert(sizeof(SHA256_CTX) <= sizeof(ccrypto_sha256), "the opaque state is large enough for libcrypto's");
void ccrypto_sha256_init(ccrypto_sha256 *state) { SHA256_Init((SHA256_CTX *)state); }
void ccrypto_sha256_update(ccrypto_sha256 *state, const void *bytes, size_t count) {
  SHA256_Update((SHA256_CTX *)state, bytes, count);
}
void ccrypto_sha256_final(ccrypto_sha256 *state, uint8_t digest[32]) { SHA256_Final(digest, (SHA256_CTX *)state); }
void ccrypto_sha1(const void *bytes, size_t count, uint8_t digest[20]) {
  SHA_CTX state;
  SHA1_Init(&state);
  SHA1_Update(&state, bytes, count);
  SHA1_Final(digest, &state);
}
void ccrypto_sha256_of(const void *bytes, size_t count, uint8_t digest[32]) {
  SHA256_CTX state;
  SHA256_Init(&state);
  SHA256_Update(&state, bytes, count);
  SHA256_Final(digest, &state);
}
void ccrypto_sha512(const void *bytes, size_t count, uint8_t digest[64]) {
  SHA512_CTX state;
  SHA512_Init(&state);
  SHA512_Update(&state, bytes, count);
  SHA512_Final(digest, &state);
}
