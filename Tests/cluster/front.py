#!/usr/bin/env python3
"""A front of a real registry that answers 503 while the file says so.

usage: front.py HOST:PORT REGISTRY FILE
FILE holds how many requests from now on are answered with 503; it counts down. Everything else goes to REGISTRY
(host:port) as it is."""
import http.client, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HERE, REGISTRY, FILE = sys.argv[1:]
lock = threading.Lock()


def refused():
    with lock:
        left = int(open(FILE).read() or 0)
        if left > 0:
            open(FILE, "w").write(str(left - 1))
        return left > 0


class Front(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def handle_request(self):
        # What a chunked body holds is not needed by anybody here.
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if refused():
            status, headers, answer = 503, [("Retry-After", "0")], b""
        else:
            registry = http.client.HTTPConnection(REGISTRY)
            # The Host as it is, so that the registry's Location leads back here.
            registry.request(self.command, self.path, body, dict(self.headers))
            response = registry.getresponse()
            status, headers, answer = response.status, response.getheaders(), response.read()
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                self.send_header(name, value)
        length = dict(headers).get("Content-Length") if self.command == "HEAD" else len(answer)
        self.send_header("Content-Length", str(length or 0))
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = handle_request


host, port = HERE.split(":")
ThreadingHTTPServer((host, int(port)), Front).serve_forever()
