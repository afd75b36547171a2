from __future__ import annotations

import http.client

import pytest
from fake_service import TOKEN


def status(service, method="GET", path="/health", **headers):
    connection = http.client.HTTPConnection(service.url.removeprefix("http://"), timeout=30)
    connection.putrequest(method, path, skip_host=True)
    for name, value in {"Host": "127.0.0.1", "Authorization": f"Bearer {TOKEN}", **headers}.items():
        if value is not None:
            connection.putheader(name, value)
    connection.endheaders()
    reply = connection.getresponse()
    body = reply.read().decode()
    connection.close()
    return reply.status, body


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8123", "localhost", "LocalHost:80", "[::1]:80"])
def test_loopback_names_are_answered(standing_service, host):
    assert status(standing_service, Host=host)[0] == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil:80", "192.168.0.7", "", "0"]
)
def test_other_hosts_are_refused(standing_service, host):
    code, body = status(standing_service, Host=host)
    assert code == 403
    assert "127.0.0.1" in body


@pytest.mark.parametrize("origin", ["https://evil.example", "http://127.0.0.1", "null", ""])
def test_web_pages_are_refused(standing_service, origin):
    assert status(standing_service, Origin=origin)[0] == 403


@pytest.mark.parametrize(
    "authorization", [None, "", "Bearer", "Bearer wrong", TOKEN, f"Bearer {TOKEN}x", "Bearer \xff"]
)
@pytest.mark.parametrize(("method", "path"), [("GET", "/health"), ("POST", "/generate"), ("POST", "/shutdown")])
def test_without_the_token_nothing_is_told(standing_service, method, path, authorization):
    code, body = status(standing_service, method, path, Authorization=authorization)
    assert code == 401
    assert "token" in body
    assert TOKEN not in body


def test_unknown_addresses_get_a_sentence(standing_service):
    code, body = status(standing_service, path="/")
    assert code == 404
    assert "/generate" in body
