#ifndef CCURL_H
#define CCURL_H
#include <stddef.h>
#include <stdint.h>
/* HTTP by libcurl, one exchange at a time on a handle that keeps its connections. libcurl is loaded on first use:
   loading costs 10 ms that commands without HTTP need not pay, and all commands share one binary. */

typedef struct {
  const char *method;
  const char *url;
  /* "Name: value", without line ends. */
  const char *const *headers;
  size_t header_count;
  /* 0: no body; 1: `size` bytes in memory; 2: `size` bytes of an open file from `offset` on; 3: `size` bytes of a pipe.
     */
  int body_kind;
  const void *bytes;
  int file;
  int64_t offset;
  int64_t size;
  long connect_seconds;
  /* Seconds without any progress before giving up. */
  long stall_seconds;
  /* PEM certificates to trust besides the system's directory; a directory to use instead of that; a client certificate
     and key. NULL: none. */
  const void *trusted;
  size_t trusted_size;
  const char *trusted_directory;
  const char *certificate;
  const char *key;
  /* The proxy, whatever the environment says; NULL: none. */
  const char *proxy;
  /* For AWS Signature Version 4 by libcurl: `aws:amz:REGION:s3`, and the two parts of the key; NULL: none. The caller
     gives the path and the query in their canonical form, the header x-amz-content-sha256, and no header without a
     value: libcurl 7.88 would sign it, though it is not sent. */
  const char *signature;
  const char *key_id;
  const char *key_secret;
  /* Whether libcurl may resend the request on a new connection if a kept one ends without an answer. */
  int repeats;
  void *context;
  /* Callbacks; each returns 0 to continue. */
  int (*on_header)(void *context, const char *line, size_t count);
  int (*on_body)(void *context, const void *bytes, size_t count);
  int (*on_sent)(void *context, size_t count);
} ccurl_request;

enum {
  CCURL_DONE = 0,
  /* Could not connect: unknown host, refused, or timed out. */
  CCURL_UNREACHABLE,
  /* A kept connection ended without an answer, and the request may not be repeated: the server may have acted on it. */
  CCURL_CLOSED,
  /* The connection broke, or nothing moved for too long. */
  CCURL_BROKEN,
  /* The certificate or the handshake failed. */
  CCURL_TLS,
  /* The answer is not HTTP. */
  CCURL_MALFORMED,
  /* A callback asked to stop, or the file to send could not be read. */
  CCURL_STOPPED,
  CCURL_FAILED,
};

typedef struct {
  int result;
  /* libcurl's message for a failure. */
  char reason[256];
  long status;
} ccurl_outcome;

/* 0 if libcurl can be used; otherwise call nothing else of this file. May be called from any thread, any number of
   times. */
int ccurl_load(void);
/* A handle for one thread at a time; NULL if out of memory. */
void *ccurl_open(void);
void ccurl_close(void *handle);
void ccurl_perform(void *handle, const ccurl_request *request, ccurl_outcome *outcome);
#endif
