from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests
from fake_service import wait_until, wav_bytes

from inference_backend.contract import PROTOCOL

pytest.importorskip("uvicorn")

ROOT = Path(__file__).resolve().parents[3]
SCRIPT = Path(__file__).with_name("fake_backend.py")
COMMAND = [sys.executable, "-P", "-s", "-u", str(SCRIPT)]
ENV = {**os.environ, "PYTHONPATH": str(ROOT)}
TOKEN = "a-secret-token"


@pytest.fixture
def backend():
    process = subprocess.Popen(
        COMMAND, env=ENV, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    yield process
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout, process.stderr):
        pipe.close()


def say_hello(process):
    process.stdin.write(TOKEN + "\n")
    process.stdin.flush()
    return json.loads(process.stdout.readline())


def ask(hello, method, path, token=TOKEN, **more):
    headers = {"Authorization": f"Bearer {token}"}
    return requests.request(method, f"http://127.0.0.1:{hello['port']}{path}", headers=headers, timeout=30, **more)


def begin(hello, style):
    form = {"files": {"audio": ("a.wav", wav_bytes())}, "data": {"request": json.dumps({"style": style})}}
    lines = ask(hello, "POST", "/generate", stream=True, **form).iter_lines()
    for line in lines:
        if json.loads(line).get("phase") == "sampling":
            return lines
    raise AssertionError("the generation did not begin")


def is_gone(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return True
    return state == "Z"


def test_hello_is_the_only_line_on_stdout(backend):
    hello = say_hello(backend)
    assert hello == {"port": hello["port"], "pid": backend.pid, "protocol": PROTOCOL}
    assert backend.stdout.readline() == ""
    assert ask(hello, "GET", "/health").status_code == 200
    assert ask(hello, "GET", "/health", token="guess").status_code == 401


def test_only_loopback_is_bound(backend):
    port = say_hello(backend)["port"]
    rows = [row.split() for row in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    assert [row[1] for row in rows if row[1].endswith(f":{port:04X}") and row[3] == "0A"] == [f"0100007F:{port:04X}"]


def test_without_a_token_it_does_not_serve(backend):
    _, log = backend.communicate("\n", timeout=30)
    assert backend.returncode == 2
    assert "token" in log


def test_it_leaves_when_stdin_closes(backend):
    say_hello(backend)
    backend.stdin.close()
    assert backend.wait(30) == 0


def test_shutdown_leaves_even_in_a_step_that_does_not_listen(backend):
    hello = say_hello(backend)
    lines = begin(hello, "deaf")
    time.sleep(0.1)
    assert ask(hello, "POST", "/shutdown").status_code == 200
    assert "stopped before" in json.loads(list(lines)[-1])["error"]
    assert backend.wait(30) == 0


def test_terminate_leaves_in_the_middle_of_a_generation(backend):
    lines = begin(say_hello(backend), "endless")
    backend.terminate()
    assert backend.wait(30) in (0, -signal.SIGTERM)
    lines.close()


def test_the_token_is_never_logged(backend):
    hello = say_hello(backend)
    ask(hello, "GET", "/health", token="guess")
    begin(hello, "bug").close()
    ask(hello, "POST", "/shutdown")
    backend.wait(30)
    log = backend.stderr.read()
    assert "ready" in log
    assert TOKEN not in log
    assert "guess" not in log


def test_the_real_model_reports_to_nobody(tmp_path):
    if not list((ROOT / "inference_backend" / "generator" / "weights").glob("*.onnx")):
        pytest.skip("no weights in inference_backend/generator/weights")
    env = {name: value for name, value in ENV.items() if name not in ("XDG_CACHE_HOME", "ORT_DISABLE_TELEMETRY")}
    code = "from inference_backend.server.process import load_generator; load_generator()"
    subprocess.run([sys.executable, "-c", code], env={**env, "HOME": str(tmp_path)}, check=True, timeout=60)
    assert [path for path in tmp_path.rglob("*") if "Microsoft" in str(path)] == []


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("style", [None, "endless", "deaf"])
def test_it_leaves_when_its_parent_is_killed(style):
    parent_code = (
        "import subprocess, sys, time\n"
        f"p = subprocess.Popen({COMMAND!r}, stdin=subprocess.PIPE, stdout=subprocess.PIPE)\n"
        f"p.stdin.write(b'{TOKEN}\\n'); p.stdin.flush()\n"
        "sys.stdout.buffer.write(p.stdout.readline()); sys.stdout.flush(); time.sleep(60)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", parent_code], env=ENV, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    hello = json.loads(parent.stdout.readline())
    lines = begin(hello, style) if style else None
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    wait_until(lambda: is_gone(hello["pid"]))
    if lines:
        lines.close()


OPEN = """
import sys
from inference_backend.server import serve_openly
sys.path.insert(0, sys.argv[1])
from fake_backend import FakeGenerator
serve_openly("127.0.0.1:0", "a-secret-token", FakeGenerator)
"""


def test_an_open_server_answers_other_names_needs_the_token_and_is_ended_by_nobody_but_its_owner():
    command = [sys.executable, "-P", "-u", "-c", OPEN, str(SCRIPT.parent)]
    process = subprocess.Popen(command, env=ENV, stderr=subprocess.PIPE, text=True, start_new_session=True)
    try:
        line = next(line for line in process.stderr if "serving at" in line)
        hello = {"port": int(line.split("127.0.0.1:")[1].split(";")[0])}
        url = f"http://127.0.0.1:{hello['port']}"
        headers = {"Authorization": f"Bearer {TOKEN}", "Host": "render-farm:8765"}
        health = requests.get(f"{url}/health", headers=headers, timeout=30)
        assert health.status_code == 200
        refused = requests.get(f"{url}/health", headers={**headers, "Authorization": "Bearer guess"}, timeout=30)
        assert (refused.status_code, "copy the one" in refused.text) == (401, True)
        web_page = requests.get(f"{url}/health", headers={**headers, "Origin": "https://evil.example"}, timeout=30)
        assert web_page.status_code == 403
        assert requests.post(f"{url}/shutdown", headers=headers, timeout=30).status_code == 403
        assert begin(hello, "quick")
        process.send_signal(signal.SIGINT)
        process.wait(20)
    finally:
        process.kill()
        process.wait()
        process.stderr.close()


def test_health_tells_what_it_runs_on(backend):
    hello = say_hello(backend)
    wait_until(lambda: ask(hello, "GET", "/health").json()["state"] == "ready")
    about = ask(hello, "GET", "/health").json()["environment"]
    assert about["python"].startswith("3.")
    assert about["runtime"].startswith("onnxruntime")
    assert about["offers"] == [], "this service has loaded no runtime"
    assert isinstance(about["tracker"], bool)
    assert about["style_space"].startswith("mien-")


def test_a_runtime_that_is_loaded_tells_its_providers():
    code = (
        "import onnxruntime; from inference_backend.server import environment; print(environment.described()['offers'])"
    )
    done = subprocess.run([sys.executable, "-c", code], env=ENV, capture_output=True, text=True, timeout=120)
    assert "CPUExecutionProvider" in done.stdout, done.stderr


@pytest.mark.parametrize("address", ["8765", ":8765", "host:port", "host:99999", "no.such.host.invalid:1"])
def test_an_address_that_is_none_has_a_sentence(address):
    command = [sys.executable, "-m", "inference_backend", "serve", "--address", address]
    done = subprocess.run(command, env=ENV, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "address" in done.stderr.splitlines()[-1]
