"""A backend of the standard library alone: speaks the protocol, serves one prepared take, or dies midway."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

TOKEN = sys.stdin.readline().strip()
MODE = os.environ["STUB_MODE"]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        state, detail = ("failed", "The model is not there.") if MODE == "fail" else ("ready", "")
        self.reply({"state": state, "detail": detail, "provider": "stub", "protocol": 3, "version": "0"})

    def do_POST(self):
        if self.headers["Authorization"] != f"Bearer {TOKEN}":
            self.send_error(401)
            return
        if self.path == "/shutdown":
            self.reply({})
            os._exit(0)
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.line({"fraction": 0.25, "phase": "performing"})
        if MODE == "die":
            os._exit(3)
        if MODE == "hang":
            time.sleep(60)
        take = Path(os.environ["STUB_TAKE"]).read_bytes()
        for _ in range(int(self.path.rpartition("variations=")[2] or 1)):
            self.line({"take_bytes": len(take)})
            self.chunk(take)
        self.chunk(b"")

    def reply(self, fields):
        body = json.dumps(fields).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def line(self, fields):
        self.chunk(json.dumps(fields).encode() + b"\n")

    def chunk(self, content):
        self.wfile.write(b"%x\r\n%s\r\n" % (len(content), content))
        self.wfile.flush()


def leave_with_parent():
    sys.stdin.read()
    os._exit(0)


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=leave_with_parent, daemon=True).start()
print(json.dumps({"port": server.server_port, "pid": os.getpid(), "protocol": 3}), flush=True)
server.serve_forever()
