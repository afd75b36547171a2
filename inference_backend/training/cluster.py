"""Training on a Ray cluster: the same loop as on one machine, in one process for each worker."""

from __future__ import annotations

import dataclasses
import logging
from pathlib import Path
from typing import Any

from .act import ActConfig, act
from .loop import Team


def train_on_cluster(corpus: Path, weights: Path, out: Path, config: ActConfig, workers: int, use_gpus: bool) -> None:
    """Train with Ray Train on so many workers; corpus, weights and out lie on a disk that all machines share.

    The head of the cluster is found as Ray finds it (RAY_ADDRESS), or this machine becomes one.
    """
    from ray.train import RunConfig, ScalingConfig
    from ray.train.torch import TorchTrainer

    places = {"corpus": corpus, "weights": weights, "out": out}
    settings = {name: str(path.resolve()) for name, path in places.items()} | {"config": dataclasses.asdict(config)}
    trainer = TorchTrainer(
        _work,
        train_loop_config=settings,
        scaling_config=ScalingConfig(num_workers=workers, use_gpu=use_gpus),
        run_config=RunConfig(name="mien", storage_path=str((out / "ray").resolve())),
    )
    trainer.fit()


def _work(settings: dict[str, Any]) -> None:
    """Train as one of the workers; Ray has told this process its rank, and joined it to the others."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    corpus, weights, out = (Path(settings[name]) for name in ("corpus", "weights", "out"))
    act(corpus, weights, out, ActConfig(**settings["config"]), Team())
