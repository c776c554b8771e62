#!/usr/bin/python3
"""A web server that takes PUT and obeys If-Match and If-None-Match, with faults. Objects are in memory.

    store-server.py PORT-FILE LOG [OTHER-PORT]

The first word of a path selects the fault:

    /plain/X                   none
    /busy/X, /many/X           503 and 429 the first time
    /cut/X                     the first upload ends in the middle
    /half/X                    the same, but the server keeps the part of an archive
    /lost/X                    stores, and does not answer the first time
    /denied/X /full/X /down/X  refuse index.yaml with 403, 507 and 503
    /race/X                    another publisher writes before the first write of the index
    /late/X                    another publisher writes after it; lists files and ignores conditions
    /away/X                    redirects to X on the other port, by another host name
    /html/X                    is a page
    /skew/X                    says that the clock is wrong
    /region/X                  is in another region

Each request is a line of LOG: method, path, status, and the kind of Authorization.
"""
import hashlib
import http.server
import os
import sys
import threading
import time

objects = {}
seen = set()
lock = threading.Lock()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def first(self):
        key = (self.command, self.path)
        new = key not in seen
        seen.add(key)
        return new

    def tag(self, path):
        return '"' + hashlib.md5(objects[path]).hexdigest() + '"'

    def drop(self):
        self.log_request("dropped")
        self.close_connection = True
        self.connection.shutdown(2)

    def do_GET(self):
        path = self.path.split("?")[0]
        kind = path.split("/")[1]
        if kind == "html":
            return self.answer(200, b"<!DOCTYPE html>\n<html><body>Sign in</body></html>\n")
        if self.refused(kind):
            return None
        if path not in objects:
            return self.answer(404)
        return self.answer(200, objects[path], ETag=self.tag(path))

    def refused(self, kind):
        if kind == "skew":
            then = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 7300))
            text = f"<Error><Code>RequestTimeTooSkewed</Code><Message>Too different</Message><ServerTime>{then}</ServerTime></Error>"
            self.answer(403, text.encode())
            return True
        if kind == "region":
            self.answer(301, b"", x_amz_bucket_region="eu-west-1")
            return True
        return False

    def do_PROPFIND(self):
        if not self.path.startswith("/late/"):
            return self.answer(405)
        names = [path for path in objects if path.startswith(self.path)]
        hrefs = "".join(f"<D:response><D:href>{name}</D:href></D:response>" for name in names)
        return self.answer(207, f'<D:multistatus xmlns:D="DAV:">{hrefs}</D:multistatus>'.encode())

    def do_PUT(self):
        path = self.path.split("?")[0]
        kind = path.split("/")[1]
        name = path.rsplit("/", 1)[1]
        size = int(self.headers["Content-Length"])
        if kind in ("cut", "half", "many", "busy", "lost") and "/index.d/" not in path and self.first():
            body = self.rfile.read(size // 2 if kind in ("cut", "half") else size)
            if kind == "half" and name != "index.yaml":
                objects[path] = body
            if kind == "lost":
                objects[path] = body
            if kind == "busy":
                return self.answer(503, b"", Retry_After="0")
            if kind == "many":
                return self.answer(429, b"", Retry_After="0")
            return self.drop()
        body = self.rfile.read(size)
        if self.refused(kind):
            return None
        if kind == "away":
            return self.answer(307, b"", Location=f"http://localhost:{sys.argv[3]}/plain{path}")
        if name == "index.yaml" and kind in ("denied", "full", "down"):
            return self.answer({"denied": 403, "full": 507, "down": 503}[kind], b"", Retry_After="0")
        with lock:
            if name == "index.yaml" and kind in ("race", "late") and self.first():
                objects[path] = (
                    b"apiVersion: v1\nentries:\n  other:\n  - {name: other, version: 1.0.0, urls: [other-1.0.0.tgz], digest: aa}\n"
                    b"generated: '2026-01-01T00:00:00Z'\n"
                )
                if kind == "late":
                    return self.answer(201)
            if kind == "late":
                objects[path] = body
                return self.answer(201)
            if self.headers.get("If-None-Match") == "*" and path in objects:
                return self.answer(412)
            wanted = self.headers.get("If-Match")
            if wanted and (path not in objects or self.tag(path) != wanted):
                return self.answer(412)
            objects[path] = body
        return self.answer(201)

    def log_request(self, code="-", size="-"):
        authorization = self.headers.get("Authorization", "-").split(" ")[0]
        log.write(f"{self.command} {self.path} {code if isinstance(code, str) else int(code)} {authorization}\n")
        log.flush()

    def log_message(self, *_):
        pass


log = open(sys.argv[2], "a")
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
with open(sys.argv[1] + ".new", "w") as file:
    file.write(str(server.server_address[1]))
os.rename(sys.argv[1] + ".new", sys.argv[1])
server.serve_forever()
