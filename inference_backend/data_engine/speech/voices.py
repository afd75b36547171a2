"""Speech with phone timings from flite, espeak-ng and festival: the sounds that the teacher acts to.

The engines are build tools: what ships is motion and weights. Each voice is a function of text that returns samples,
their rate and exact phones; engines that are not installed are simply not listed by `available`.
"""

from __future__ import annotations

import ctypes
import os
import subprocess
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import soundfile

from ...contract import MienError
from .phones import SILENCE, Phone, from_espeak, from_festival

# Labels run ahead of the sound by a constant of the voice (seconds), measured on sibilants and vowel onsets.
_LAG_S = {"kal16": 0.005, "rms": 0.005, "awb": 0.005, "slt": 0.015, "cmu_us_slt_arctic_hts": 0.022,
          "kal_diphone": 0.013, "ked_diphone": 0.012}  # fmt: skip
_ESPEAK_VARIANTS = ("", "+m1", "+m2", "+m3", "+m4", "+m5", "+m6", "+m7", "+f1", "+f2", "+f3", "+f4", "+f5",
                    "+klatt", "+klatt2", "+klatt3", "+klatt4", "+whisper", "+croak", "+Annie", "+Andy", "+Denis",
                    "+steph")  # fmt: skip


@dataclass(frozen=True)
class Spoken:
    """A synthesized sound: samples float32 [N] at rate, its phones, and the voice that spoke."""

    samples: np.ndarray
    rate: int
    phones: list[Phone]
    voice: str


def available() -> list[str]:
    """Names of the voices that this machine can speak with, as engine:voice."""
    names = [f"flite:{v}" for v in ("kal16", "slt", "rms", "awb") if _flite_library(v)]
    if _espeak_library():
        names += [f"espeak:en-us{variant}" for variant in _ESPEAK_VARIANTS]
    folder = Path("/usr/share/festival/voices")
    festival = {"us": ["cmu_us_slt_arctic_hts"], "english": ["kal_diphone", "ked_diphone"]}
    names += [f"festival:{v}" for group, voices in festival.items() for v in voices if (folder / group / v).is_dir()]
    return names


def speak(voice: str, texts: list[str], stretch: float = 1.0, pitch: float = 1.0) -> list[Spoken]:
    """Speak texts with a voice; stretch > 1 is slower, pitch > 1 is higher. Raises MienError for an absent voice."""
    engine, _, name = voice.partition(":")
    if voice not in available():
        raise MienError(f"The voice {voice} is not installed; install its engine ({engine}) or choose another voice.")
    if engine == "flite":
        spoken = [_flite(name, text, stretch, pitch) for text in texts]
    elif engine == "espeak":
        spoken = [_espeak(name, text, stretch, pitch) for text in texts]
    else:
        spoken = _festival(name, texts, stretch)
    return [_shift_labels(s, _LAG_S.get(name, 0.0)) for s in spoken]


def resample_voice(spoken: Spoken, ratio: float) -> Spoken:
    """Scale duration by ratio and pitch and vocal tract by its inverse: another speaker at no cost."""
    count = round(len(spoken.samples) * ratio)
    at = np.arange(count) / ratio
    samples = np.interp(at, np.arange(len(spoken.samples)), spoken.samples).astype(np.float32)
    phones = [Phone(p.start_s * ratio, p.end_s * ratio, p.name) for p in spoken.phones]
    return Spoken(samples, spoken.rate, phones, f"{spoken.voice}*{ratio:.2f}")


def _shift_labels(spoken: Spoken, lag_s: float) -> Spoken:
    end_s = len(spoken.samples) / spoken.rate
    phones = [Phone(min(p.start_s + lag_s * (p.start_s > 0), end_s), min(p.end_s + lag_s, end_s), p.name)
              for p in spoken.phones]  # fmt: skip
    return Spoken(spoken.samples, spoken.rate, [p for p in phones if p.end_s > p.start_s], spoken.voice)


# flite ----------------------------------------------------------------------------------------------------------------


class _CstWave(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_char_p),
        ("sample_rate", ctypes.c_int),
        ("num_samples", ctypes.c_int),
        ("num_channels", ctypes.c_int),
        ("samples", ctypes.POINTER(ctypes.c_short)),
    ]


@lru_cache(maxsize=8)
def _flite_library(name: str) -> tuple[ctypes.CDLL, ctypes.c_void_p] | None:
    """Open the flite library and a registered voice, or None where either is missing."""
    try:
        flite = ctypes.CDLL("libflite.so.1", ctypes.RTLD_GLOBAL)
        for part in ("usenglish", "cmulex"):
            ctypes.CDLL(f"libflite_{part}.so.1", ctypes.RTLD_GLOBAL)
        library = ctypes.CDLL(f"libflite_cmu_us_{name}.so.1", ctypes.RTLD_GLOBAL)
    except OSError:
        return None
    pointer = ctypes.c_void_p
    for function, arguments, result in (
        ("flite_synth_text", [ctypes.c_char_p, pointer], pointer),
        ("utt_wave", [pointer], ctypes.POINTER(_CstWave)),
        ("utt_relation", [pointer, ctypes.c_char_p], pointer),
        ("relation_head", [pointer], pointer),
        ("item_next", [pointer], pointer),
        ("item_feat_float", [pointer, ctypes.c_char_p], ctypes.c_float),
        ("item_feat_string", [pointer, ctypes.c_char_p], ctypes.c_char_p),
        ("feat_set_float", [pointer, ctypes.c_char_p, ctypes.c_float], None),
        ("delete_utterance", [pointer], None),
    ):
        getattr(flite, function).argtypes = arguments
        getattr(flite, function).restype = result
    flite.flite_init()
    register = getattr(library, f"register_cmu_us_{name}")
    register.restype = pointer
    return flite, pointer(register(None))


# libflite keeps the pointers of feature names, so these bytes must live as long as the process.
_STRETCH, _F0_MEAN, _END, _NAME, _SEGMENT = b"duration_stretch", b"int_f0_target_mean", b"end", b"name", b"Segment"
_FLITE_F0 = {"kal16": 89.0, "slt": 176.0}


class _CstVoice(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char_p), ("features", ctypes.c_void_p)]


def _flite(name: str, text: str, stretch: float, pitch: float) -> Spoken:
    library = _flite_library(name)
    if library is None:
        raise MienError(f"The flite voice {name} is not installed.")
    flite, voice = library
    features = ctypes.cast(voice, ctypes.POINTER(_CstVoice)).contents.features
    flite.feat_set_float(features, _STRETCH, stretch)
    if name in _FLITE_F0:
        flite.feat_set_float(features, _F0_MEAN, _FLITE_F0[name] * pitch)
    utterance = flite.flite_synth_text(text.encode("ascii", "ignore"), voice)
    wave = flite.utt_wave(utterance).contents
    samples = np.ctypeslib.as_array(wave.samples, (wave.num_samples,)).astype(np.float32) / 32768.0
    rate, phones, start = wave.sample_rate, [], 0.0
    item = flite.relation_head(flite.utt_relation(utterance, _SEGMENT))
    while item:
        end = flite.item_feat_float(item, _END)
        phones.append(Phone(start, end, from_festival(flite.item_feat_string(item, _NAME).decode())))
        start, item = end, flite.item_next(item)
    flite.delete_utterance(utterance)
    return Spoken(samples, rate, phones, f"flite:{name}")


# espeak-ng ------------------------------------------------------------------------------------------------------------


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
def _espeak_library() -> tuple[ctypes.CDLL, int] | None:
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


def _espeak(name: str, text: str, stretch: float, pitch: float) -> Spoken:
    found = _espeak_library()
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
            if event[i].type == 7:
                events.append([event[i].sample / rate, 0.0, event[i].id.string.decode("utf8", "ignore") or "_"])
            i += 1
        return 0

    callback = _EspeakCallback(receive)
    library.espeak_SetSynthCallback(callback)
    library.espeak_SetVoiceByName(name.encode())
    library.espeak_SetParameter(1, int(np.clip(170 / stretch, 90, 320)), 0)
    library.espeak_SetParameter(3, int(np.clip(50 * pitch, 0, 99)), 0)
    data = text.encode()
    library.espeak_Synth(data, len(data) + 1, 0, 1, 0, 1 | 0x1000, None, None)
    library.espeak_Synchronize()
    samples = np.concatenate(chunks).astype(np.float32) / 32768.0 if chunks else np.zeros(rate // 10, np.float32)
    if not events or events[0][0] > 0:
        events.insert(0, [0.0, 0.0, "_"])
    for event, after in zip(events, [*events[1:], [len(samples) / rate, 0.0, "_"]], strict=True):
        event[1] = max(after[0], event[0])
    return Spoken(samples, rate, from_espeak(events, samples, rate), f"espeak:{name}")


# festival -------------------------------------------------------------------------------------------------------------


def _festival(name: str, texts: list[str], stretch: float) -> list[Spoken]:
    with tempfile.TemporaryDirectory() as folder:
        lines = [f"(voice_{name})", f"(Parameter.set 'Duration_Stretch {stretch:.3f})"]
        for i, text in enumerate(texts):
            quoted = text.replace("\\", " ").replace('"', " ")
            lines += [f'(set! utt (utt.synth (eval (list \'Utterance \'Text "{quoted}"))))',
                      f'(utt.save.segs utt "{folder}/{i}.lab")',
                      f'(utt.save.wave utt "{folder}/{i}.wav" \'riff)']  # fmt: skip
        script = Path(folder, "speak.scm")
        script.write_text("\n".join(lines), encoding="latin-1", errors="ignore")
        subprocess.run(["festival", "-b", str(script)], check=True, capture_output=True, env={**os.environ})
        return [_read_festival(Path(folder), i, name) for i in range(len(texts))]


def _read_festival(folder: Path, index: int, name: str) -> Spoken:
    samples, rate = soundfile.read(folder / f"{index}.wav", dtype="float32")
    phones, start = [], 0.0
    for line in (folder / f"{index}.lab").read_text(encoding="latin-1").splitlines():
        fields = line.split()
        if len(fields) == 3 and fields[0] != "#":
            phones.append(Phone(start, float(fields[0]), from_festival(fields[2])))
            start = float(fields[0])
    return Spoken(samples, rate, phones or [Phone(0.0, len(samples) / rate, SILENCE)], f"festival:{name}")
