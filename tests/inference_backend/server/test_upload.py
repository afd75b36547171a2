from __future__ import annotations

import json
import socket

import pytest
from fake_service import TOKEN, serving, wav_bytes

from inference_backend.contract import MAX_STYLE_CHARS


def refused(reply, status, *words):
    assert reply.status_code == status
    answer = reply.json()
    assert set(answer) == {"error", "kind"}
    for word in words:
        assert word in answer["error"]


def test_an_upload_over_the_limit_is_refused_with_a_sentence():
    with serving(max_upload_bytes=1024**2) as service:
        service.wait_ready()
        refused(service.generate(audio=b"\0" * 3 * 1024**2), 413, "1 MB", "cut it")
        assert service.get_health().json()["max_upload_bytes"] == 1024**2
        assert service.generator.started == []


def test_an_upload_of_unknown_length_is_bounded_too():
    with serving(max_upload_bytes=1024**2) as service:
        head = b'--x\r\nContent-Disposition: form-data; name="audio"; filename="a.wav"\r\n\r\n'
        chunks = iter([head, *[bytes(1024**2)] * 3])
        refused(service.post_form({"Content-Type": "multipart/form-data; boundary=x"}, data=chunks), 413, "1 MB")


def test_an_upload_below_the_limit_may_be_larger_than_memory_is_given(standing_service):
    reply = standing_service.generate(audio=wav_bytes(60.0))  # beyond the megabyte that stays in memory
    assert reply.status_code == 200
    assert b"take_bytes" in reply.content


def test_a_long_style_is_refused(standing_service):
    refused(standing_service.generate(json.dumps({"style": "x" * 10_000})), 400, "10,000", f"{MAX_STYLE_CHARS:,}")


def test_a_huge_request_field_is_refused(standing_service, monkeypatch):
    from inference_backend.server import upload

    monkeypatch.setattr(upload, "MAX_REQUEST_BYTES", 128 * 1024)
    refused(standing_service.generate(json.dumps({"style": "x" * 1_000_000})), 400, "128KB")


def test_references_pass_whole(standing_service):
    mix = [{"reference": "A" * 1_000_000}]
    reply = standing_service.generate(json.dumps({"mix": mix}))
    assert reply.status_code == 200
    assert b"take_bytes" in reply.content


@pytest.mark.parametrize(
    ("request_json", "word"),
    [
        ("", "JSON"),
        ("{", "JSON"),
        ("[]", "object"),
        ('{"sytle": ""}', "sytle"),
        ('{"fps": 0}', "fps"),
        ('{"fps": NaN}', "fps"),
        ('{"seed": -1}', "seed"),
    ],
)
def test_bad_requests_are_refused(standing_service, request_json, word):
    refused(standing_service.generate(request_json), 400, word)


def test_missing_parts_are_named(standing_service):
    refused(standing_service.post_form(files={"audio": ("a.wav", wav_bytes())}), 400, "`request`")
    refused(standing_service.post_form(files={"other": ("a.wav", b"")}, data={"request": "{}"}), 400, "`audio`")
    refused(standing_service.post_form(data={"request": "{}"}), 400, "`request`")  # not multipart at all


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", b"--x\r\n"),
        ("multipart/form-data; boundary=x", b"garbage without a boundary"),
        ("multipart/form-data; boundary=x", b""),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="request"\r\n\r\n{}'),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Type: text/plain\r\n\r\n{}\r\n--x--\r\n"),
        ("application/json", b"{}"),
    ],
)
def test_broken_forms_are_refused(standing_service, content_type, body):
    reply = standing_service.post_form(headers={"Content-Type": content_type}, data=body)
    refused(reply, 400, "upload")


def test_a_client_that_leaves_in_the_middle_of_its_upload_harms_nobody(standing_service, caplog):
    host, port = standing_service.url.removeprefix("http://").split(":")
    head = (
        f"POST /generate HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {TOKEN}\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 100000\r\n\r\n--x\r\n"
    )
    with socket.create_connection((host, int(port))) as client:
        client.sendall(head.encode())
    assert standing_service.generate().status_code == 200
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


@pytest.mark.parametrize(
    "audio", [b"", b"not a sound at all" * 100, wav_bytes()[:30]], ids=["empty", "text", "broken off"]
)
def test_files_that_are_no_sound_get_a_sentence_with_their_name(standing_service, audio):
    last = json.loads(standing_service.generate(audio=audio, name="näme.wav").content.splitlines()[-1])
    assert last["kind"] == "bad_sound"
    assert "näme.wav" in last["error"]
