#define OPENSSL_SUPPRESS_DEPRECATED
#include "CCrypto.h"
#include <openssl/sha.h>
_Static_assert(sizeof(SHA256_CTX) <= sizeof(ccrypto_sha256), "the opaque state is large enough for libcrypto's");
void ccrypto_sha256_init(ccrypto_sha256 *state) { SHA256_Init((SHA256_CTX *)state); }
void ccrypto_sha256_update(ccrypto_sha256 *state, const void *bytes, size_t count) {
  SHA256_Update((SHA256_CTX *)state, bytes, count);
}
void ccrypto_sha256_final(ccrypto_sha256 *state, uint8_t digest[32]) { SHA256_Final(digest, (SHA256_CTX *)state); }
