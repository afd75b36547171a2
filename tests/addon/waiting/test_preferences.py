"""Servers elsewhere, the log, diagnostics: what the preferences say and what they keep to themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

bpy = pytest.importorskip("bpy")

from mien.addon import preferences, service  # noqa: E402
from mien.addon.properties import progress_of  # noqa: E402
from mien.addon.waiting import check, diagnostics, log, preferences_panel  # noqa: E402
from mien.inference_backend.contract import BackendFailed  # noqa: E402


@pytest.mark.parametrize(
    ("address", "url"),
    [
        ("http://127.0.0.1:8765", "http://127.0.0.1:8765"),
        (" localhost:8765/ ", "http://localhost:8765"),
        ("http://[::1]:80/path?x=1", "http://[::1]:80"),
        ("https://127.0.0.1", "https://127.0.0.1"),
    ],
)
def test_addresses_on_this_machine_need_no_permission(address, url):
    assert preferences.elsewhere(address, " secret ") == service.Elsewhere(url, "secret")


@pytest.mark.parametrize("address", ["", "ftp://host:1", "http://", "http://host:99999", "//"])
def test_an_address_that_is_none_has_a_sentence(address):
    with pytest.raises(BackendFailed, match="must be like http"):
        preferences.elsewhere(address, "secret")


def test_other_machines_need_blenders_permission_to_go_online(monkeypatch):
    assert not bpy.app.online_access
    with pytest.raises(BackendFailed, match="farm, and Blender may not go online; switch on Allow Online Access"):
        preferences.elsewhere("http://farm:8765", "secret")


def test_a_server_needs_its_token_and_does_not_show_it():
    with pytest.raises(BackendFailed, match="lack the server's token"):
        preferences.elsewhere("http://127.0.0.1:8765", "  ")
    assert "secret" not in repr(service.Elsewhere("http://127.0.0.1:8765", "secret"))


def test_a_server_is_never_started_or_stopped():
    there = service.Elsewhere("http://127.0.0.1:1", "secret")
    assert service.ensure(there) is there
    assert service.running() is None


def test_the_log_is_read_anew_only_when_it_grew(tmp_path, monkeypatch):
    path = tmp_path / "backend.log"
    assert log.tail(path, 5) == ["There is no log yet; the backend has not been started."]
    path.write_text("\n".join(f"line {n}" for n in range(50)) + "\n\n")
    assert log.tail(path, 2) == ["line 48", "line 49"]
    monkeypatch.setattr(log, "_read", lambda _: pytest.fail("read again"))
    assert log.tail(path, 1) == ["line 49"]
    monkeypatch.undo()
    with path.open("a") as file:
        file.write("more\n")
    assert log.tail(path, 1) == ["more"]


def test_diagnostics_hold_what_helps_and_nothing_private(registered, tmp_path, monkeypatch):
    path = Path.home() / "projects" / "backend.log"
    monkeypatch.setattr(preferences, "log_path", lambda: tmp_path / "backend.log")
    (tmp_path / "backend.log").write_text(f"reading {path}\nAuthorization: Bearer abcdefghijkl0123\nthe end\n")
    monkeypatch.setattr(preferences, "chosen", lambda name: "s3cret-token" if name == "server_token" else None)
    progress_of(bpy.context).message = "It went wrong with s3cret-token."
    monkeypatch.setattr(check, "last", check.Finding(("Runs on CPU.",)))
    said = diagnostics.text(bpy.context)
    for wanted in (bpy.app.version_string, "Runs on CPU.", "the end"):
        assert wanted in said
    assert "reading ~" in said
    for private in (str(Path.home()) + "/", "s3cret-token", "abcdefghijkl0123"):
        assert private not in said
    assert bpy.ops.mien.copy_diagnostics() == {"FINISHED"}


def test_what_a_backend_says_of_itself_is_told():
    about = {"python": "3.11.7", "runtime": "onnxruntime-gpu 1.20", "style_space": "mien-2-3f", "tracker": False}
    health = {
        "provider": "CPU",
        "version": "0.1",
        "environment": {**about, "offers": ["CUDAExecutionProvider", "AzureExecutionProvider", "CPUExecutionProvider"]},
    }
    lines = check.told(health, 2.5)
    assert lines[0] == "Runs on CPU; answered after 2.5 s."
    assert lines[1].startswith("CUDA is offered, but could not be used")
    assert lines[2] == "Mien 0.1, mien-2-3f, onnxruntime-gpu 1.20, Python 3.11.7"
    assert "MediaPipe is not installed" in lines[3]
    health["provider"] = "Dml"
    assert check.told(health, 1.0)[0].startswith("Runs on DirectML")


class Layout:
    """Stands for Blender's layout; checks what it is asked to draw."""

    def __init__(self):
        self.drawn = []

    def row(self, **_):
        return self

    column = box = row

    def label(self, text, icon="NONE", **_):
        assert icon in bpy.types.UILayout.bl_rna.functions["label"].parameters["icon"].enum_items
        self.drawn.append(text)

    def prop(self, owner, name, icon="NONE", **_):
        assert name in preferences.MIEN_preferences.__annotations__
        self.drawn.append(name)

    def operator(self, name, icon="NONE", **_):
        assert hasattr(bpy.types, name.replace("mien.", "MIEN_OT_"))
        assert icon in bpy.types.UILayout.bl_rna.functions["operator"].parameters["icon"].enum_items
        self.drawn.append(name)


@pytest.mark.parametrize("backend", ["BUILT_IN", "OWN", "SERVER"])
def test_the_preferences_draw_for_each_backend(registered, monkeypatch, backend):
    class Settings:
        layout = Layout()
        server_url = "http://farm:8765"
        show_log = True

    Settings.backend, Settings.layout = backend, Layout()
    monkeypatch.setattr(check, "last", check.Finding(("It does not answer.",), failed=True))
    preferences_panel.draw(Settings, bpy.context)
    drawn = Settings.layout.drawn
    assert {"mien.check_backend", "mien.copy_diagnostics", "It does not answer."} <= set(drawn)
    assert ("python_path" in drawn) == (backend == "OWN")
    assert ("server_token" in drawn) == any("unencrypted" in text for text in drawn) == (backend == "SERVER")
