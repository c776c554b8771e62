#define _GNU_SOURCE
#define CURL_DISABLE_TYPECHECK
#include "CCurl.h"
#include <curl/curl.h>
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* curl.h defines the variadic functions as macros. */
#undef curl_easy_setopt
#undef curl_easy_getinfo

static struct {
  __typeof__(curl_global_init) *global_init;
  __typeof__(curl_easy_init) *init;
  __typeof__(curl_easy_cleanup) *cleanup;
  __typeof__(curl_easy_reset) *reset;
  __typeof__(curl_easy_setopt) *setopt;
  __typeof__(curl_easy_getinfo) *getinfo;
  __typeof__(curl_easy_perform) *perform;
  __typeof__(curl_easy_strerror) *strerror;
  __typeof__(curl_slist_append) *append;
  __typeof__(curl_slist_free_all) *free_all;
} lib;

static int loaded = -1;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void) {
  void *file = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
  if (!file) return;
#define FIND(member, name) if (!(*(void **)&lib.member = dlsym(file, #name))) return;
  FIND(global_init, curl_global_init)
  FIND(init, curl_easy_init)
  FIND(cleanup, curl_easy_cleanup)
  FIND(reset, curl_easy_reset)
  FIND(setopt, curl_easy_setopt)
  FIND(getinfo, curl_easy_getinfo)
  FIND(perform, curl_easy_perform)
  FIND(strerror, curl_easy_strerror)
  FIND(append, curl_slist_append)
  FIND(free_all, curl_slist_free_all)
  if (lib.global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK) loaded = 0;
}

int ccurl_load(void) { pthread_once(&once, load); return loaded; }
void *ccurl_open(void) { return lib.init(); }
void ccurl_close(void *handle) { lib.cleanup(handle); }

typedef struct {
  const ccurl_request *request;
  int64_t sent;
  /* How often the request was about to be sent. */
  int tries;
  int refused;
} state;

static size_t on_header(char *bytes, size_t size, size_t count, void *user) {
  state *s = user;
  return s->request->on_header(s->request->context, bytes, size * count) == 0 ? size * count : 0;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *user) {
  state *s = user;
  return s->request->on_body(s->request->context, bytes, size * count) == 0 ? size * count : 0;
}

static size_t on_read(char *buffer, size_t size, size_t count, void *user) {
  state *s = user;
  int64_t left = s->request->size - s->sent;
  size_t want = size * count;
  if ((int64_t)want > left) want = (size_t)left;
  if (want == 0) return 0;
  ssize_t got;
  do got = s->request->body_kind == 3 ? read(s->request->file, buffer, want)
                                      : pread(s->request->file, buffer, want, s->request->offset + s->sent);
  while (got < 0 && errno == EINTR);
  /* A truncated file would otherwise be sent as if it were complete. */
  if (got <= 0 || s->request->on_sent(s->request->context, (size_t)got) != 0) return CURL_READFUNC_ABORT;
  s->sent += got;
  return (size_t)got;
}

static int on_seek(void *user, curl_off_t offset, int origin) {
  state *s = user;
  /* A pipe cannot be rewound. */
  if (s->request->body_kind == 3) return s->sent == offset ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL;
  if (origin != SEEK_SET || offset < 0 || offset > s->request->size) return CURL_SEEKFUNC_FAIL;
  s->sent = offset;
  return CURL_SEEKFUNC_OK;
}

/* libcurl itself repeats a request if a reused connection ends without an answer. */
static int on_request(void *user, char *theirs, char *ours, int their_port, int our_port) {
  state *s = user;
  (void)theirs; (void)ours; (void)their_port; (void)our_port;
  if (s->tries++ == 0 || s->request->repeats) return CURL_PREREQFUNC_OK;
  s->refused = 1;
  return CURL_PREREQFUNC_ABORT;
}

/* Stop waiting for an answer, too, when other transfers have failed. */
static int on_progress(void *user, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d) {
  state *s = user;
  (void)a; (void)b; (void)c; (void)d;
  return s->request->on_sent(s->request->context, 0);
}

static int classify(CURLcode code) {
  switch (code) {
    case CURLE_OK: return CCURL_DONE;
    case CURLE_COULDNT_RESOLVE_PROXY: case CURLE_COULDNT_RESOLVE_HOST: case CURLE_COULDNT_CONNECT: case CURLE_PROXY:
      return CCURL_UNREACHABLE;
    case CURLE_OPERATION_TIMEDOUT: case CURLE_SEND_ERROR: case CURLE_RECV_ERROR: case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
    case CURLE_SEND_FAIL_REWIND: return CCURL_BROKEN;
    case CURLE_SSL_CONNECT_ERROR: case CURLE_PEER_FAILED_VERIFICATION: case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE: case CURLE_SSL_ISSUER_ERROR: case CURLE_SSL_CLIENTCERT: return CCURL_TLS;
    case CURLE_WEIRD_SERVER_REPLY: case CURLE_UNSUPPORTED_PROTOCOL: case CURLE_URL_MALFORMAT: return CCURL_MALFORMED;
    case CURLE_WRITE_ERROR: case CURLE_ABORTED_BY_CALLBACK: return CCURL_STOPPED;
    default: return CCURL_FAILED;
  }
}

void ccurl_perform(void *handle, const ccurl_request *r, ccurl_outcome *outcome) {
  state s = {r, 0, 0, 0};
  char reason[CURL_ERROR_SIZE] = "";
  struct curl_slist *headers = NULL;
  memset(outcome, 0, sizeof *outcome);
  /* This keeps connections, host names and TLS sessions. */
  lib.reset(handle);
  for (size_t i = 0; i < r->header_count; i++) {
    struct curl_slist *longer = lib.append(headers, r->headers[i]);
    if (longer) headers = longer;
  }
  lib.setopt(handle, CURLOPT_URL, r->url);
  lib.setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  lib.setopt(handle, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
  lib.setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
  lib.setopt(handle, CURLOPT_NOSIGNAL, 1L);
  lib.setopt(handle, CURLOPT_ERRORBUFFER, reason);
  lib.setopt(handle, CURLOPT_HTTPHEADER, headers);
  lib.setopt(handle, CURLOPT_CONNECTTIMEOUT, r->connect_seconds);
  /* Abort slower transfers: some servers send a byte now and then for ever. */
  lib.setopt(handle, CURLOPT_LOW_SPEED_LIMIT, 1024L);
  lib.setopt(handle, CURLOPT_LOW_SPEED_TIME, r->stall_seconds);
  lib.setopt(handle, CURLOPT_TCP_KEEPALIVE, 1L);
  lib.setopt(handle, CURLOPT_HEADERFUNCTION, on_header);
  lib.setopt(handle, CURLOPT_HEADERDATA, &s);
  lib.setopt(handle, CURLOPT_WRITEFUNCTION, on_body);
  lib.setopt(handle, CURLOPT_WRITEDATA, &s);
  lib.setopt(handle, CURLOPT_NOPROGRESS, 0L);
  lib.setopt(handle, CURLOPT_XFERINFOFUNCTION, on_progress);
  lib.setopt(handle, CURLOPT_XFERINFODATA, &s);
  lib.setopt(handle, CURLOPT_PROXY, r->proxy ? r->proxy : "");
  lib.setopt(handle, CURLOPT_NOPROXY, r->proxy ? "" : "*");
  lib.setopt(handle, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  lib.setopt(handle, CURLOPT_HTTP09_ALLOWED, 0L);
  lib.setopt(handle, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
  lib.setopt(handle, CURLOPT_PREREQFUNCTION, on_request);
  lib.setopt(handle, CURLOPT_PREREQDATA, &s);
  /* An announced body is sent after a tenth of a second at most, wherever `Expect:` could not be left out. */
  lib.setopt(handle, CURLOPT_EXPECT_100_TIMEOUT_MS, 100L);
  if (r->signature) {
    lib.setopt(handle, CURLOPT_AWS_SIGV4, r->signature);
    lib.setopt(handle, CURLOPT_USERNAME, r->key_id);
    lib.setopt(handle, CURLOPT_PASSWORD, r->key_secret);
    /* What is signed is what is sent, `//` and `..` included. */
    lib.setopt(handle, CURLOPT_PATH_AS_IS, 1L);
  }
  if (r->trusted) {
    struct curl_blob blob = {(void *)r->trusted, r->trusted_size, CURL_BLOB_NOCOPY};
    lib.setopt(handle, CURLOPT_CAINFO_BLOB, &blob);
  }
  if (r->trusted_directory) lib.setopt(handle, CURLOPT_CAPATH, r->trusted_directory);
  if (r->certificate) {
    lib.setopt(handle, CURLOPT_SSLCERT, r->certificate);
    lib.setopt(handle, CURLOPT_SSLKEY, r->key);
  }
  if (strcmp(r->method, "HEAD") == 0) lib.setopt(handle, CURLOPT_NOBODY, 1L);
  else if (r->body_kind >= 2) {
    lib.setopt(handle, CURLOPT_UPLOAD, 1L);
    lib.setopt(handle, CURLOPT_UPLOAD_BUFFERSIZE, 524288L);
    lib.setopt(handle, CURLOPT_INFILESIZE_LARGE, (curl_off_t)r->size);
    lib.setopt(handle, CURLOPT_READFUNCTION, on_read);
    lib.setopt(handle, CURLOPT_READDATA, &s);
    lib.setopt(handle, CURLOPT_SEEKFUNCTION, on_seek);
    lib.setopt(handle, CURLOPT_SEEKDATA, &s);
    lib.setopt(handle, CURLOPT_CUSTOMREQUEST, r->method);
  } else if (r->body_kind == 1) {
    lib.setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->size);
    lib.setopt(handle, CURLOPT_POSTFIELDS, r->size ? r->bytes : "");
    lib.setopt(handle, CURLOPT_CUSTOMREQUEST, r->method);
  } else lib.setopt(handle, CURLOPT_CUSTOMREQUEST, r->method);

  /* NOSIGNAL leaves SIGPIPE to us, and writing to a closed standard output must kill us. So block it only in this
     thread, where a broken connection must not raise it. */
  sigset_t pipe, before;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe, &before);
  CURLcode code = lib.perform(handle);
  if (!sigismember(&before, SIGPIPE)) {
    struct timespec now = {0, 0};
    while (sigtimedwait(&pipe, NULL, &now) < 0 && errno == EINTR) {}
    pthread_sigmask(SIG_SETMASK, &before, NULL);
  }

  outcome->result = s.refused ? CCURL_CLOSED : classify(code);
  lib.getinfo(handle, CURLINFO_RESPONSE_CODE, &outcome->status);
  if (code != CURLE_OK) snprintf(outcome->reason, sizeof outcome->reason, "%s", *reason ? reason : lib.strerror(code));
  /* The handle must not keep pointers to this stack. */
  lib.reset(handle);
  lib.free_all(headers);
}
