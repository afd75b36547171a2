"""The connection of a job, which another thread may cut. No bpy here."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import urllib3
import urllib3.connection
from requests.adapters import HTTPAdapter


class Wire(HTTPAdapter):
    """Transport that can be cut from another thread, even while a read or a send on it blocks."""

    def __init__(self) -> None:
        self._socket: socket.socket | None = None
        self._is_cut = False
        self._lock = threading.Lock()
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Let the pools make connections that report their sockets."""
        super().init_poolmanager(*args, **kwargs)
        # A plain function would become a method of the pool: hence staticmethod.
        plain, safe = (staticmethod(partial(kind, on_connect=self._hold)) for kind in (_Connection, _SafeConnection))
        self.poolmanager.pool_classes_by_scheme = {
            "http": type("_Pool", (urllib3.HTTPConnectionPool,), {"ConnectionCls": plain}),
            "https": type("_SafePool", (urllib3.HTTPSConnectionPool,), {"ConnectionCls": safe}),
        }

    def cut(self) -> None:
        """Shut the connection, present or future."""
        with self._lock:
            self._is_cut = True
            if self._socket is not None:
                _shut(self._socket)

    def _hold(self, connected: socket.socket) -> None:
        with self._lock:
            self._socket = connected
            if self._is_cut:
                _shut(connected)


def _shut(connected: socket.socket) -> None:
    """Shut both directions: that wakes a thread blocked on the socket, which closing it would not."""
    with contextlib.suppress(OSError):
        connected.shutdown(socket.SHUT_RDWR)


class _Connection(urllib3.connection.HTTPConnection):
    def __init__(self, *args: Any, on_connect: Callable[[socket.socket], None], **kwargs: Any) -> None:
        self._on_connect = on_connect
        super().__init__(*args, **kwargs)

    def connect(self) -> None:
        super().connect()
        self._on_connect(self.sock)


class _SafeConnection(urllib3.connection.HTTPSConnection):
    def __init__(self, *args: Any, on_connect: Callable[[socket.socket], None], **kwargs: Any) -> None:
        self._on_connect = on_connect
        super().__init__(*args, **kwargs)

    def connect(self) -> None:
        super().connect()
        self._on_connect(self.sock)  # type: ignore[arg-type]
