"""The speech engine espeak-ng: a hundred voices in over a hundred languages, through its C library."""

from __future__ import annotations

import ctypes
from functools import lru_cache

import numpy as np

from ...contract import MienError
from .phones import from_espeak
from .spoken import Spoken


def installed() -> bool:
    """Tell whether espeak-ng is on this machine, as a library of the system or as the package espeakng-loader."""
    return _library() is not None


class _EspeakId(ctypes.Union):
    _fields_ = [("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8)]


class _EspeakEvent(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _EspeakId),
    ]


_EspeakCallback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_EspeakEvent)
)


@lru_cache(maxsize=1)
def _library() -> tuple[ctypes.CDLL, int] | None:
    """Open the espeak-ng library and its sample rate, from the system or from the package espeakng-loader."""
    library, data = None, None
    try:
        library = ctypes.CDLL("libespeak-ng.so.1")
    except OSError:
        try:
            import espeakng_loader
        except ImportError:
            return None
        library, data = ctypes.CDLL(espeakng_loader.get_library_path()), espeakng_loader.get_data_path().encode()
    rate = library.espeak_Initialize(1, 0, data, 1 | 0x8000)
    return (library, rate) if rate > 0 else None


_RATE, _VOLUME, _PITCH, _RANGE = 1, 2, 3, 4
_WORDS_PER_MINUTE = 170
_PHONEME = 7


def speak(name: str, text: str, stretch: float = 1.0, pitch: float = 1.0, spread: float = 1.0) -> Spoken:
    """Speak a line with a voice named as espeak-ng does: a language tag and perhaps a variant (de+f2)."""
    found = _library()
    if found is None:
        raise MienError("espeak-ng is not installed.")
    library, rate = found
    chunks: list[np.ndarray] = []
    events: list[list] = []

    def receive(samples, count, event):
        if samples and count > 0:
            chunks.append(np.ctypeslib.as_array(samples, (count,)).copy())
        i = 0
        while event[i].type:
            if event[i].type == _PHONEME:
                events.append([event[i].sample / rate, 0.0, event[i].id.string.decode("utf8", "ignore") or "_"])
            i += 1
        return 0

    callback = _EspeakCallback(receive)
    library.espeak_SetSynthCallback(callback)
    if library.espeak_SetVoiceByName(name.encode()) != 0:
        raise MienError(f"espeak-ng has no voice {name}; choose another voice.")
    library.espeak_SetParameter(_RATE, int(np.clip(_WORDS_PER_MINUTE / stretch, 90, 320)), 0)
    library.espeak_SetParameter(_PITCH, int(np.clip(50 * pitch, 0, 99)), 0)
    library.espeak_SetParameter(_RANGE, int(np.clip(50 * spread, 0, 99)), 0)
    data = text.encode()
    library.espeak_Synth(data, len(data) + 1, 0, 1, 0, 1 | 0x1000, None, None)
    library.espeak_Synchronize()
    samples = np.concatenate(chunks).astype(np.float32) / 32768.0 if chunks else np.zeros(rate // 10, np.float32)
    if not events or events[0][0] > 0:
        events.insert(0, [0.0, 0.0, "_"])
    for event, after in zip(events, [*events[1:], [len(samples) / rate, 0.0, "_"]], strict=True):
        event[1] = max(after[0], event[0])
    return Spoken(samples, rate, from_espeak(events, samples, rate, name.startswith("en")), f"espeak:{name}")
