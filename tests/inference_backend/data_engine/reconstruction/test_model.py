"""The tracker's model: found, fetched once, and refused where it is another file."""

from __future__ import annotations

import hashlib
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from inference_backend.data_engine.reconstruction import model

GOOD = b"a model"


class Server(http.server.BaseHTTPRequestHandler):
    body = GOOD
    asked = 0

    def do_GET(self):
        type(self).asked += 1
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *_args):
        pass


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[type[Server]]:
    handler = type("Handler", (Server,), {"asked": 0})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    _prepare(monkeypatch, tmp_path, f"http://127.0.0.1:{server.server_port}/face_landmarker.task")
    yield handler
    server.shutdown()
    server.server_close()


def _prepare(monkeypatch: pytest.MonkeyPatch, folder: Path, address: str) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", model.VARIABLE):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(model, "ADDRESS", address)
    monkeypatch.setattr(model, "SHA256", hashlib.sha256(GOOD).hexdigest())
    monkeypatch.setattr(model, "cache_folder", lambda: folder / "cache")
    model.load.cache_clear()


def test_it_is_downloaded_once_and_kept(served: type[Server], tmp_path: Path):
    assert model.load() == GOOD
    model.load.cache_clear()
    assert model.load() == GOOD
    assert served.asked == 1
    assert [f.name for f in (tmp_path / "cache").iterdir()] == [model.NAME]


def test_another_file_from_the_address_is_refused_and_not_kept(served: type[Server], tmp_path: Path):
    served.body = b"something else"
    with pytest.raises(model.NoModel, match="SHA-256 is another"):
        model.load()
    assert not (tmp_path / "cache").exists()


def test_offline_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    _prepare(monkeypatch, tmp_path, "http://127.0.0.1:9/face_landmarker.task")
    with pytest.raises(model.NoModel, match=r"could not be downloaded; go online.*MIEN_FACE_LANDMARKER"):
        model.load()


def test_named_file_is_taken_checked_and_missed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    _prepare(monkeypatch, tmp_path, "http://127.0.0.1:9/")
    good, wrong = tmp_path / "good.task", tmp_path / "wrong.task"
    good.write_bytes(GOOD)
    wrong.write_bytes(b"wrong")
    monkeypatch.setenv(model.VARIABLE, str(good))
    assert model.load() == GOOD
    with pytest.raises(model.NoModel, match=r"wrong\.task is not the face tracker's model"):
        model.load(str(wrong))
    with pytest.raises(model.NoModel, match=r"none\.task cannot be read"):
        model.load(str(tmp_path / "none.task"))
