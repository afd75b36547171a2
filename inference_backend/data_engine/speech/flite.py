"""The speech engine flite: four American and Scottish voices, through its C library."""

from __future__ import annotations

import ctypes
from functools import lru_cache

import numpy as np

from ...contract import MienError
from .phones import Phone, from_festival
from .spoken import Spoken

VOICES = ("kal16", "slt", "rms", "awb")


def installed(name: str) -> bool:
    """Tell whether a voice of flite is on this machine."""
    return _library(name) is not None


class _CstWave(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_char_p),
        ("sample_rate", ctypes.c_int),
        ("num_samples", ctypes.c_int),
        ("num_channels", ctypes.c_int),
        ("samples", ctypes.POINTER(ctypes.c_short)),
    ]


@lru_cache(maxsize=8)
def _library(name: str) -> tuple[ctypes.CDLL, ctypes.c_void_p] | None:
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
_STRETCH, _END, _NAME, _SEGMENT = b"duration_stretch", b"end", b"name", b"Segment"
_F0_MEAN, _F0_SPREAD = b"int_f0_target_mean", b"int_f0_target_stddev"
_F0 = {"kal16": (89.0, 11.0), "slt": (176.0, 25.0)}  # those that follow a wish: mean and spread in Hz


class _CstVoice(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char_p), ("features", ctypes.c_void_p)]


def speak(name: str, text: str, stretch: float = 1.0, pitch: float = 1.0, spread: float = 1.0) -> Spoken:
    """Speak a line; pitch and spread work on kal16 and slt alone."""
    library = _library(name)
    if library is None:
        raise MienError(f"The flite voice {name} is not installed.")
    flite, voice = library
    features = ctypes.cast(voice, ctypes.POINTER(_CstVoice)).contents.features
    flite.feat_set_float(features, _STRETCH, stretch)
    if name in _F0:
        flite.feat_set_float(features, _F0_MEAN, _F0[name][0] * pitch)
        flite.feat_set_float(features, _F0_SPREAD, _F0[name][1] * spread)
    ctypes.CDLL(None).srand(1)  # the vocoder's noise comes from the C library
    utterance = flite.flite_synth_text(text.encode("ascii", "ignore"), voice)
    wave = flite.utt_wave(utterance).contents
    samples = np.ctypeslib.as_array(wave.samples, (wave.num_samples,)).astype(np.float32) / 32768.0
    rate, phones, start = wave.sample_rate, [], 0.0
    item = flite.relation_head(flite.utt_relation(utterance, _SEGMENT))
    while item:
        end = flite.item_feat_float(item, _END)
        phones.append(Phone(start, end, *from_festival(flite.item_feat_string(item, _NAME).decode())))
        start, item = end, flite.item_next(item)
    flite.delete_utterance(utterance)
    return Spoken(samples, rate, phones, f"flite:{name}")
