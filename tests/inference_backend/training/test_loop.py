"""A run goes on after a kill as if nothing had been, and several processes learn as one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="training needs torch")

from inference_backend.training.loop import Run, Team, draw_curves  # noqa: E402

ROOT = Path(__file__).resolve().parents[3]


def _run(folder: Path) -> Run:
    torch.manual_seed(0)
    model = torch.nn.Linear(3, 2)
    return Run(model, torch.optim.AdamW(model.parameters(), lr=0.1), folder / "state.pt", keep=0.9)


def _learn(run: Run, steps: int) -> None:
    for _ in range(steps):
        x = torch.randn(8, 3, generator=torch.Generator().manual_seed(run.step))
        loss = (run.model(x) - x[:, :2]).square().mean()
        run.learn(loss, 0.1, Team("cpu"), {"loss": float(loss.detach())})


def test_a_run_goes_on_where_it_was_stopped(tmp_path: Path):
    whole = _run(tmp_path)
    _learn(whole, 20)
    first = _run(tmp_path)
    _learn(first, 12)
    first.save()
    second = _run(tmp_path)
    torch.nn.init.zeros_(second.model.weight)
    assert second.resume()
    assert second.step == 12
    assert second.spent_s > 0
    _learn(second, 8)
    torch.testing.assert_close(second.model.state_dict(), whole.model.state_dict())
    torch.testing.assert_close(second.average.state_dict(), whole.average.state_dict())


def test_a_new_folder_has_nothing_to_go_on_from(tmp_path: Path):
    assert not _run(tmp_path).resume()


def test_curves_are_logged_and_drawn(tmp_path: Path):
    run = _run(tmp_path)
    _learn(run, 100)
    lines = (tmp_path / "state.csv").read_text().splitlines()
    assert lines[0] == "step,minutes,loss"
    assert [line.split(",")[0] for line in lines[1:]] == ["50", "100"]
    draw_curves(tmp_path / "state.csv", tmp_path / "curves.png")
    assert (tmp_path / "curves.png").read_bytes().startswith(b"\x89PNG")


WORKER = """
import sys, torch
from inference_backend.training.loop import Team
team = Team("cpu")
model = torch.nn.Linear(2, 1)
torch.nn.init.constant_(model.weight, float(team.rank))
team.settle(model)
model(torch.full((1, 2), 1.0 + 2 * team.rank)).sum().backward()
team.share_gradients(model)
print(model.weight.detach().tolist(), model.weight.grad.tolist(), team.agree(7.0 + team.rank), team.leads)
"""


def test_processes_share_gradients_and_start_alike():
    environment = {
        **os.environ,
        "WORLD_SIZE": "2",
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": "29613",
        "PYTHONPATH": str(ROOT),
    }
    workers = [
        subprocess.Popen([sys.executable, "-c", WORKER], env={**environment, "RANK": str(rank)}, text=True,
                         stdout=subprocess.PIPE, cwd=ROOT)
        for rank in range(2)
    ]  # fmt: skip
    first, second = (worker.communicate(timeout=120)[0].strip() for worker in workers)
    assert first.startswith("[[0.0, 0.0]] [[2.0, 2.0]] 7.0")  # gradients 1 and 3
    assert (first, second.replace("False", "True")) == (first, first)
