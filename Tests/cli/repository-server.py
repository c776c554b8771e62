#!/usr/bin/python3
"""A web server for files of the current directory, and for what goes wrong with one.

    repository-server.py PORT-FILE LOG [OTHER-PORT]

/closed/X wants the login me:secret, /away/X redirects to X on the other port by another host name, /half/X ends in the
middle, /busy/X is busy the first time, /html/X is a page. Each request is a line of LOG: path, status, and what
Authorization it came with. """
import base64
import functools
import http.server
import os
import sys

login = "Basic " + base64.b64encode(b"me:secret").decode()
busy = set()


class Handler(http.server.SimpleHTTPRequestHandler):
    def do_GET(self):
        kind, _, rest = self.path.lstrip("/").partition("/")
        if kind == "closed" and self.headers.get("Authorization") != login:
            return self.send_error(401)
        if kind == "away":
            self.send_response(302)
            self.send_header("Location", f"http://localhost:{sys.argv[3]}/{rest}")
            self.send_header("Content-Length", "0")
            return self.end_headers()
        if kind == "busy" and self.path not in busy:
            busy.add(self.path)
            return self.send_error(503)
        if kind == "html":
            self.send_response(200)
            self.end_headers()
            return self.wfile.write(b"<!DOCTYPE html>\n<html><body>Sign in</body></html>\n")
        if kind == "half":
            with open(rest, "rb") as file:
                body = file.read()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            return self.wfile.write(body[: len(body) // 2])
        if kind in ("closed", "busy"):
            self.path = "/" + rest
        return super().do_GET()

    def log_request(self, code="-", size="-"):
        log.write(f"{self.path} {int(code)} {self.headers.get('Authorization', '-')}\n")
        log.flush()

    def log_message(self, *_):
        pass


log = open(sys.argv[2], "a")
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory="."))
with open(sys.argv[1] + ".new", "w") as file:
    file.write(str(server.server_address[1]))
os.rename(sys.argv[1] + ".new", sys.argv[1])
server.serve_forever()
