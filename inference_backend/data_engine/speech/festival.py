"""The speech engine festival: one process kept for all lines and voices of a worker; its start costs most of a second.

Given the same line, voice and manner it gives the same bytes, whatever it spoke before: Czech voices draw their
intonation at random unless told not to, and clustergen, diphone and HTS voices have no randomness.
"""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import soundfile

from ...contract import MienError
from .phones import SILENCE, Phone, from_festival
from .spoken import Spoken

_VOICES = Path("/usr/share/festival/voices")
_HEAP_CELLS = 1_500_000  # its own default takes 330 MB
_ENCODING = {"en": "latin-1", "it": "latin-1", "ca": "latin-1", "fi": "latin-1", "cs": "iso8859-2"}
# Mean and spread of the pitch (Hz) of the diphone voices whose intonation is a linear model.
_LINEAR_PITCH = {"kal_diphone": (105.0, 14.0), "ked_diphone": (105.0, 14.0)}


@dataclass(frozen=True)
class FestivalVoice:
    """A voice of festival: its folder among the voices, language, label lag in seconds, and licence."""

    folder: str
    language: str
    lag_s: float
    licence: str


_FREE = "Festival/BSD-like"
VOICES = {
    "cmu_us_slt_arctic_hts": FestivalVoice("us", "en", 0.022, _FREE),
    "kal_diphone": FestivalVoice("english", "en", 0.013, _FREE),
    "ked_diphone": FestivalVoice("english", "en", 0.012, _FREE),
    "lp_diphone": FestivalVoice("italian", "it", 0.008, "GPL-2.0-or-later"),
    "pc_diphone": FestivalVoice("italian", "it", 0.008, "GPL-2.0-or-later"),
    "czech_dita": FestivalVoice("czech", "cs", 0.018, "GPL-2.0-or-later"),
    "czech_krb": FestivalVoice("czech", "cs", 0.018, "GPL-2.0-or-later"),
    "czech_machac": FestivalVoice("czech", "cs", 0.018, "GPL-2.0-or-later"),
    "czech_ph": FestivalVoice("czech", "cs", 0.018, "GPL-2.0-or-later"),
    "suo_fi_lj_diphone": FestivalVoice("finnish", "fi", 0.010, "LGPL-2.1-or-later"),
    "hy_fi_mv_diphone": FestivalVoice("finnish", "fi", 0.010, "LGPL-2.1-or-later"),
    "msu_ru_nsh_clunits": FestivalVoice("russian", "ru", 0.035, "GPL-3.0-or-later"),
    "upc_ca_ona_hts": FestivalVoice("catalan", "ca", 0.021, "LGPL-2.1-or-later"),
    "hindi_NSK_diphone": FestivalVoice("hindi", "hi", 0.020, "GPL-2.0-or-later"),
    "marathi_NSK_diphone": FestivalVoice("marathi", "mr", 0.020, "GPL-2.0-or-later"),
    "telugu_NSK_diphone": FestivalVoice("telugu", "te", 0.020, "GPL-2.0-or-later"),
}


@lru_cache(maxsize=32)
def installed(name: str) -> bool:
    """Tell whether a voice of festival is on this machine."""
    return name in VOICES and (_VOICES / VOICES[name].folder / name).is_dir() and shutil.which("festival") is not None


def speak(name: str, text: str, stretch: float = 1.0, pitch: float = 1.0, spread: float = 1.0) -> Spoken:
    """Speak a line; spread scales how far the pitch moves. Pitch and spread work on kal and ked alone."""
    quoted = text.replace("\\", " ").replace('"', " ")
    spoken = f"(set! utt (utt.synth (eval (list 'Utterance 'Text \"{quoted}\"))))"
    encoding = _ENCODING.get(VOICES[name].language, "utf-8")
    return _run(name, [line.encode(encoding, "ignore") for line in (*_manner(name, stretch, pitch, spread), spoken)])


def sing(name: str, score: str) -> Spoken:
    """Sing a score in festival's singing XML; kal and ked can."""
    with tempfile.NamedTemporaryFile("w", suffix=".xml") as file:
        file.write(score)
        file.flush()
        commands = [b"(set! utt nil)", b"(define (keep u) (if utt (set! more t) (set! utt u)) u)",
                    b"(set! tts_hooks (list utt.synth keep))",
                    b'(tts_file "%b" \'singing)' % os.fsencode(file.name)]  # fmt: skip
        return _run(name, commands)


def _manner(name: str, stretch: float, pitch: float, spread: float) -> list[str]:
    lines = [f"(Parameter.set 'Duration_Stretch {stretch:.3f})"]
    if name in _LINEAR_PITCH:
        mean, deviation = _LINEAR_PITCH[name]
        target = f"(target_f0_mean {mean * pitch:.1f}) (target_f0_std {deviation * spread:.1f})"
        lines.append(f"(set! int_lr_params '({target} (model_f0_mean 170) (model_f0_std 34)))")
    return lines


def _run(name: str, lines: list[bytes]) -> Spoken:
    with tempfile.TemporaryDirectory() as folder:
        label, wave = Path(folder, "utt.lab"), Path(folder, "utt.wav")
        kept = (
            b'(utt.save.segs utt "%b")' % os.fsencode(label),
            b'(utt.save.wave utt "%b" \'riff)' % os.fsencode(wave),
        )
        _process(os.getpid()).do(b"\n".join([f"(voice_{name})".encode(), *lines, *kept]))
        if not wave.is_file():
            raise MienError(f"The voice {name} of festival could not speak this line; choose another voice or text.")
        samples, rate = soundfile.read(wave, dtype="float32")
        return _read(np.asarray(samples), rate, label, name)


def _read(samples: np.ndarray, rate: int, label: Path, name: str) -> Spoken:
    language = VOICES[name].language
    phones: list[Phone] = []
    start = 0.0
    for line in label.read_text(encoding="latin-1").splitlines():
        fields = line.split()
        if len(fields) == 3 and fields[0] != "#":
            end = float(fields[0])
            names = from_festival(fields[2], language)
            step = (end - start) / len(names)
            phones += [Phone(start + i * step, start + (i + 1) * step, n) for i, n in enumerate(names)]
            start = end
    return Spoken(samples, rate, phones or [Phone(0.0, len(samples) / rate, SILENCE)], f"festival:{name}")


class _Process:
    """A running festival that takes commands on its input and says when it is done."""

    def __init__(self) -> None:
        self._child = subprocess.Popen(["festival", "--heap", str(_HEAP_CELLS), "--pipe"], stdin=subprocess.PIPE,
                                       stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                       start_new_session=True)  # fmt: skip
        atexit.register(self._child.kill)
        self.do(b"(set! czech-randomize nil) (set! czech-duration-random-factor 0)")

    def do(self, commands: bytes) -> None:
        """Run commands and wait for their end; an error in one of them skips the rest of it alone."""
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        try:
            self._child.stdin.write(commands + b'\n(format t "\\n@@done\\n")\n(fflush nil)\n')
            self._child.stdin.flush()
        except BrokenPipeError:
            pass  # seen below as the end of its output
        for line in self._child.stdout:
            if b"@@done" in line:
                return
        _process.cache_clear()
        raise MienError("festival ended while it spoke; run the stage again, or leave its voices out.")


@lru_cache(maxsize=1)
def _process(pid: int) -> _Process:
    """Start festival once for a process; a fork must not share its parent's pipes."""
    return _Process()
