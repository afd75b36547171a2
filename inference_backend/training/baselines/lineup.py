"""All baselines that can be had here."""

from __future__ import annotations

import logging
from pathlib import Path

from .baseline import Baseline
from .loudness import LoudnessJaw
from .viseme_rules import KnownPhones, VisemeRules

log = logging.getLogger(__name__)


def lineup(trained: Path | None = None) -> list[Baseline]:
    """Give the baselines by rules, and those trained in a folder; the recogniser's where PocketSphinx is installed.

    Raises NotTrained where the folder holds none.
    """
    found: list[Baseline] = [LoudnessJaw(), VisemeRules(KnownPhones(), "viseme rules, exact phones")]
    try:
        from .recogniser import Recogniser

        found.append(VisemeRules(Recogniser(), "viseme rules, recognised"))
    except ModuleNotFoundError:
        log.info("pocketsphinx is not installed: no viseme rules on recognised phones")
    return found if trained is None else found + styled(trained)


def styled(trained: Path) -> list[Baseline]:
    """Give the baselines that were trained in a folder. Raises NotTrained."""
    from .learned import load_all  # torch

    return [*load_all(trained)]
