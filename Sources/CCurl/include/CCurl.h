#ifndef CCURL_H
#define CCURL_H
#include <stddef.h>
#include <stdint.h>
/* HTTP by libcurl, one exchange at a time on a handle that keeps its connections. libcurl is loaded at the first use, since loading
   it costs 10 ms that a command without HTTP need not pay, and all commands are one binary. */

typedef struct {
  const char *method;
  const char *url;
  /* "Name: value", no line ends in them. */
  const char *const *headers;
  size_t header_count;
  /* 0: no body; 1: bytes and size; 2: size bytes of the open file from offset on; 3: size bytes of a pipe. */
  int body_kind;
  const void *bytes;
  int file;
  int64_t offset;
  int64_t size;
  long connect_seconds;
  /* How long not a byte may move. */
  long stall_seconds;
  /* PEM to trust beside the system's directory of certificates; a directory in its place; a client's certificate and key. NULL: none. */
  const void *trusted;
  size_t trusted_size;
  const char *trusted_directory;
  const char *certificate;
  const char *key;
  /* By this proxy, whatever the environment says; NULL: by none. */
  const char *proxy;
  /* Whether libcurl may send it again by itself, on another connection, when one that was kept open ends without an answer. */
  int repeats;
  void *context;
  /* Each returns 0 to go on. */
  int (*on_header)(void *context, const char *line, size_t count);
  int (*on_body)(void *context, const void *bytes, size_t count);
  int (*on_sent)(void *context, size_t count);
} ccurl_request;

enum {
  CCURL_DONE = 0,
  /* No connection came about: unknown host, refused, too slow. */
  CCURL_UNREACHABLE,
  /* A connection that was kept open has ended without an answer, and the request is not to be repeated: the server may have taken it. */
  CCURL_CLOSED,
  /* A connection broke, or nothing moved for too long. */
  CCURL_BROKEN,
  /* The certificate or the handshake. */
  CCURL_TLS,
  /* What came is not HTTP. */
  CCURL_MALFORMED,
  /* A callback asked for it, or the file to send could not be read. */
  CCURL_STOPPED,
  CCURL_FAILED,
};

typedef struct {
  int result;
  /* libcurl's words for a failure. */
  char reason[256];
  long status;
} ccurl_outcome;

/* 0 when libcurl can be used; else nothing else of this file may be called. Any thread, any number of times. */
int ccurl_load(void);
/* A handle, for one thread at a time; NULL when out of memory. */
void *ccurl_open(void);
void ccurl_close(void *handle);
void ccurl_perform(void *handle, const ccurl_request *request, ccurl_outcome *outcome);
#endif
