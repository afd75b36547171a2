from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from fake_backend import broken_load, failing_load, lacking_load, slow_load
from fake_service import serving, wait_until, wav_bytes

from inference_backend import generator
from inference_backend.contract import PROTOCOL, Request
from inference_backend.formats import npz


def style(text, **fields):
    return Request(style=text, **fields).to_json()


def lines_and_take(reply):
    head, mark, take = reply.content.partition(b"take_bytes")
    if not mark:
        return [json.loads(line) for line in head.splitlines()], None
    size, take = take.split(b"\n", 1)
    assert int(size.strip(b'": }')) == len(take)
    return [json.loads(line) for line in head.splitlines()[:-1]], npz.loads(take)


def test_progress_streams_and_the_take_follows(service):
    lines, take = lines_and_take(service.generate(style("", seed=7, fps=24)))
    fractions = [line["fraction"] for line in lines]
    assert fractions == sorted(fractions)
    assert {"reading", "sampling"} <= {line["phase"] for line in lines}
    assert take.fps == 24
    assert len(take) == 12
    assert take.meta["seed"] == 7
    assert (take.values == 0.5).all()


def test_variations_come_one_after_the_other(service):
    content = service.generate(style("", seed=7), params={"variations": 3}).content
    seeds = []
    _, *rest = content.split(b'{"take_bytes": ')
    for piece in rest:
        size, take = piece.split(b"}\n", 1)
        seeds.append(npz.loads(take[: int(size)]).meta["seed"])
        assert len(take) == int(size)
    assert seeds == [7, 8, 9]


@pytest.mark.parametrize("number", ["0", "17", "-1", "many", "", "1e1", "9" * 5000])
def test_too_many_variations_or_no_number_of_them_are_refused(service, number):
    reply = service.generate(params={"variations": number})
    assert reply.status_code == 400
    assert reply.json()["kind"] == "bad_request"


def test_health_tells_state_provider_and_versions(service):
    health = service.get_health().json()
    assert health["state"] == "ready"
    assert health["provider"] == "FakeExecutionProvider"
    assert health["protocol"] == PROTOCOL
    assert health["version"].count(".") == 2


def test_closing_the_connection_cancels_within_100_ms(service):
    times_s = []
    for _ in range(3):  # the best of three: the machine may be busy with other things
        reply = service.generate(style("endless"))
        wait_until(lambda: service.generator.running)
        began = time.monotonic()
        reply.close()
        wait_until(lambda: not service.generator.running)
        times_s.append(service.generator.stopped_at - began)
    assert min(times_s) < 0.1
    assert b"take_bytes" in service.generate().content


def test_one_job_runs_at_a_time_and_the_next_is_told_to_wait(service):
    first = service.generate(style("endless"))
    wait_until(lambda: service.generator.running)
    second = service.generate(style("second"))
    lines = second.iter_lines()
    assert json.loads(next(lines)) == {"fraction": 0.0, "phase": "waiting"}
    first.close()
    assert any(line.startswith(b'{"take_bytes"') for line in lines)
    assert service.generator.most_running == 1


def test_a_waiting_job_is_cancelled_too(service):
    first = service.generate(style("endless"))
    wait_until(lambda: service.generator.running)
    second = service.generate(style("second"))
    third = service.generate(style("third"))
    second.close()
    wait_until(lambda: len(service.worker._waiting) == 1)
    first.close()
    assert b"take_bytes" in third.content
    assert service.generator.started == ["endless", "third"]


def test_a_full_queue_says_so():
    with serving(capacity=1) as service:
        service.wait_ready()
        running, waiting = service.generate(style("endless")), service.generate(style("endless"))
        refused = service.generate()
        assert refused.status_code == 503
        assert refused.json()["kind"] == "busy"
        assert "try again" in refused.json()["error"]
        running.close()
        waiting.close()
        wait_until(lambda: service.worker._running is None)
        assert service.generate().status_code == 200


@pytest.mark.parametrize(
    ("mishap", "kind", "word"),
    [
        ("bad", "bad_sound", "no speech"),
        ("bug", "backend_failed", "ZeroDivisionError"),
        ("memory", "backend_failed", "memory"),
    ],
)
def test_a_failing_job_ends_with_a_sentence_and_the_next_one_runs(service, caplog, mishap, kind, word):
    lines, take = lines_and_take(service.generate(style(mishap)))
    assert take is None
    assert lines[-1]["kind"] == kind
    assert word in lines[-1]["error"]
    assert ("Traceback" in caplog.text) == (mishap == "bug")
    assert b"take_bytes" in service.generate().content


def test_a_silent_job_is_heard_of(service, monkeypatch):
    monkeypatch.setattr("inference_backend.server.stream.HEARTBEAT_S", 0.02)
    running = service.generate(style("endless"))
    waiting = service.generate(style("second"))
    lines = waiting.iter_lines()
    assert [json.loads(next(lines))["phase"] for _ in range(3)] == ["waiting"] * 3
    waiting.close()
    running.close()


def test_a_job_sent_while_the_model_loads_waits_for_it():
    with serving(slow_load) as service:
        assert service.get_health().json()["state"] == "loading"
        lines, take = lines_and_take(service.generate())
        assert lines[0]["phase"] == "loading"
        assert take is not None


@pytest.mark.parametrize(
    ("load", "word"),
    [
        (failing_load, "weights"),
        (broken_load, "libonnxruntime.so cannot be read); install Mien again"),
        (lacking_load, "lacks the package onnxruntime; install it there"),
    ],
)
def test_a_model_that_cannot_be_loaded_is_told_by_health_and_jobs(load, word):
    with serving(load) as service:
        service.wait_ready()
        health = service.get_health().json()
        assert health["state"] == "failed"
        assert word in health["detail"]
        reply = service.generate()
        assert reply.status_code == 503
        assert reply.json() == {"error": health["detail"], "kind": "backend_failed"}


def test_the_real_model_makes_a_take():
    if not list(Path(generator.__file__).parent.glob("weights/*.onnx")):
        pytest.skip("no weights in inference_backend/generator/weights")
    from inference_backend.server.process import load_generator

    with serving(load_generator) as service:
        wait_until(lambda: service.get_health().json()["state"] != "loading", 60.0)
        health = service.get_health().json()
        assert health["state"] == "ready", health["detail"]
        lines, take = lines_and_take(service.generate(style("happy"), audio=wav_bytes(1.0)))
        assert take is not None, lines[-1]
        assert len(take) == 30
        assert health["provider"]
