"""The process: bind, say hello, take the token, serve; leave when told or when the parent is gone.

stdin: the first line is the token, its end means that the parent died. stdout: one JSON line, the hello.
stderr: the log.
"""

from __future__ import annotations

import faulthandler
import io
import json
import logging
import os
import socket
import sys
import threading
from collections.abc import Callable
from typing import NoReturn

import uvicorn
from starlette.applications import Starlette

from ..contract import PROTOCOL, BadRequest
from .app import create_app
from .jobs import Generator, Load, Worker

logger = logging.getLogger(__name__)

GRACE_S = 1.5
"""Time between the wish to leave and the hard exit."""


def load_generator() -> Generator:
    """Load the generator with the weights of this installation."""
    from ..generator import pipeline  # here, in the worker's thread, because it is slow

    return pipeline.load()


def serve(load: Load = load_generator) -> NoReturn:
    """Serve on a loopback port chosen by the system until told to leave or the parent is gone."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s", force=True)
    faulthandler.enable()
    stdin = open(0, "rb", buffering=0, closefd=False)  # noqa: SIM115  unbuffered: no lock held at exit
    listener = _listen()
    _say_hello(listener.getsockname()[1])
    token = stdin.readline().decode().strip()
    if not token:
        logger.error("No token came on stdin; start the backend from Blender, or type a token as the first line.")
        sys.exit(2)
    _serve(listener, stdin, token, Worker(load))
    # A normal exit would wait for, or crash in, native threads that are still computing.
    logging.shutdown()
    os._exit(0)


def serve_openly(address: str, token: str, load: Load = load_generator) -> None:
    """Serve clients on other machines at HOST:PORT until interrupted; raises BadRequest where that cannot be done."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s", force=True)
    host, port = _host_and_port(address)
    listener = _listen_at(host, port)
    worker = Worker(load)
    worker.start()
    shown = f"[{host}]" if ":" in host else host
    logger.info("serving at http://%s:%s; stop with Ctrl+C", shown, listener.getsockname()[1])
    try:
        uvicorn.Server(_config(create_app(worker, token, None))).run(sockets=[listener])
    finally:
        worker.close()
        logging.shutdown()


def _host_and_port(address: str) -> tuple[str, int]:
    host, colon, port = address.rpartition(":")
    if not colon or not host or not port.isdigit() or not 0 <= int(port) < 65536:
        raise BadRequest(f"The address {address} must be a host and a port, such as 0.0.0.0:8765.")
    return host.strip("[]"), int(port)


def _listen_at(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=64)
    except OSError as error:
        reason = error.strerror or str(error)
        raise BadRequest(f"Nothing can listen at {host}:{port} ({reason}); choose another address.") from error


def _config(app: Starlette) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http="h11",
        ws="none",
        loop="asyncio",
        lifespan="off",
        log_config=None,
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=1,
    )


def _serve(listener: socket.socket, stdin: io.RawIOBase, token: str, worker: Worker) -> None:
    def leave() -> None:
        server.should_exit = True
        hard_exit = threading.Timer(GRACE_S, os._exit, [0])
        hard_exit.daemon = True
        hard_exit.start()
        worker.close()

    server = uvicorn.Server(_config(create_app(worker, token, leave)))
    threading.Thread(target=_watch, args=(stdin, leave), name="mien-parent-watch", daemon=True).start()
    worker.start()
    server.run(sockets=[listener])


def _watch(stdin: io.RawIOBase, leave: Callable[[], None]) -> None:
    """Wait for the end of stdin: it comes on every system when the parent is gone, even killed."""
    while stdin.read(4096):
        pass
    logger.info("stdin has ended: the parent is gone, or wants this")
    leave()


def _listen() -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if sys.platform == "win32":  # there, no other process may share the port
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
    listener.bind(("127.0.0.1", 0))
    listener.listen(64)
    return listener


def _say_hello(port: int) -> None:
    """Write the one line on stdout, then let stdout flow into the log: nobody reads it any more."""
    sys.stdout.write(json.dumps({"port": port, "pid": os.getpid(), "protocol": PROTOCOL}) + "\n")
    sys.stdout.flush()
    os.dup2(2, 1)
