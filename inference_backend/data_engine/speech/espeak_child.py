"""The process in which espeak-ng speaks; run as a program, with the standard library alone.

espeak-ng keeps the phase of its flutter, periods and noise from one line to the next, so that a line sounds by a hair
different after another line. Here each line is spoken by a fork of a process that has never spoken: the same line
gives the same bytes, whatever was spoken before, and what the library leaks goes with the fork.

A line of JSON comes in for each text; out go a line of JSON {rate, bytes, events} or {error}, and the samples' bytes.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys

_RATE, _PITCH, _RANGE = 1, 3, 4
_PHONEME = 7
_SYNCHRONOUS, _PHONEME_EVENTS, _NO_EXIT, _UTF8 = 2, 1, 0x8000, 1


class _Id(ctypes.Union):
    _fields_ = [("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8)]


class _Event(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Id),
    ]


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(_Event))


def main() -> None:
    """Say whether espeak-ng is there, then speak line after line until the input ends."""
    try:
        library, rate = _library(*sys.argv[1:])
    except OSError:
        rate = 0
    rate = rate if hasattr(os, "fork") else 0
    _send(json.dumps({"rate": rate}).encode() + b"\n")
    for line in sys.stdin.buffer if rate > 0 else ():
        child = os.fork()
        if child == 0:
            _send(_spoken(library, rate, json.loads(line)))
            os._exit(0)
        if os.waitpid(child, 0)[1] != 0:
            _send(b'{"error": "died"}\n')


def _send(data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(1, view) :]


def _library(path: str = "libespeak-ng.so.1", data: str = "") -> tuple[ctypes.CDLL, int]:
    library = ctypes.CDLL(path)
    return library, library.espeak_Initialize(_SYNCHRONOUS, 0, data.encode() or None, _PHONEME_EVENTS | _NO_EXIT)


def _spoken(library: ctypes.CDLL, rate: int, ask: dict) -> bytes:
    chunks: list[bytes] = []
    events: list[list] = []

    def receive(samples, count, event):
        if samples and count > 0:
            chunks.append(ctypes.string_at(samples, 2 * count))
        i = 0
        while event[i].type:
            if event[i].type == _PHONEME:
                events.append([event[i].sample, event[i].id.string.decode("utf8", "ignore") or "_"])
            i += 1
        return 0

    ctypes.CDLL(None).srand(1)
    if hasattr(library, "espeak_ng_SetRandSeed"):  # from 1.52 on it has noise of its own, seeded by the clock
        library.espeak_ng_SetRandSeed(ctypes.c_long(1))
    callback = _Callback(receive)
    library.espeak_SetSynthCallback(callback)
    if library.espeak_SetVoiceByName(ask["voice"].encode()) != 0:
        return b'{"error": "voice"}\n'
    for parameter, value in ((_RATE, ask["rate"]), (_PITCH, ask["pitch"]), (_RANGE, ask["range"])):
        library.espeak_SetParameter(parameter, value, 0)
    text = ask["text"].encode()
    library.espeak_Synth(text, len(text) + 1, 0, 1, 0, _UTF8 | 0x1000, None, None)
    library.espeak_Synchronize()
    samples = b"".join(chunks)
    return json.dumps({"bytes": len(samples), "events": events}).encode() + b"\n" + samples


if __name__ == "__main__":
    main()
