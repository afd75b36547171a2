"""Other engines' names of phones, language by language, as the ARPAbet phones whose lips look the same."""

from __future__ import annotations

import re
from functools import lru_cache

SILENCE = "SIL"

# English as espeak-ng writes it.
_ENGLISH = {
    "AA": "A: A 0 0#", "AO": "O: O", "AE": "a aa &", "AH": "@ a# @2 @5 V V#", "AY": "aI", "AW": "aU aU@", "EH": "E e",
    "EY": "eI e:", "ER": "3: 3 r- 3#", "IH": "I I# I2", "IY": "i i: i#", "OW": "oU o o:", "OY": "OI", "UH": "U",
    "UW": "u u: u:#", "TH": "T", "DH": "D", "SH": "S", "ZH": "Z", "NG": "N", "CH": "tS", "JH": "dZ", "Y": "j",
    "HH": "h x", "T": "t t# t2 * ?", "L": "l l# l- L", "Z": "z z#", "B": "b", "D": "d d#", "F": "f", "G": "g", "K": "k",
    "M": "m m-", "N": "n n-", "P": "p", "R": "r **", "S": "s", "V": "v v#", "W": "w",
}  # fmt: skip
_FROM_ENGLISH = {alias: (name,) for name, aliases in _ENGLISH.items() for alias in aliases.split()}
_FROM_ENGLISH |= {"A@": ("AA", "R"), "O@": ("AO", "R"), "o@": ("AO", "R"), "U@": ("UH", "R"), "e@": ("EH", "R"),
                  "i@": ("IH", "R"), "i@3": ("IH", "R"), "@L": ("AH", "L"), "aI@": ("AY", "AH"), "aI3": ("AY", "ER"),
                  "IR": ("IH", "R"), "VR": ("AH", "R"), "aU@": ("AW", "AH")}  # fmt: skip

# Every other language of espeak-ng: its Kirshenbaum-like letters in reading order of precedence. Front rounded vowels
# become back ones, whose lips they share.
_LETTERS = {
    "tS": "CH", "dZ": "JH", "ts.": "CH", "ts": "T S", "dz": "D Z", "pF": "P F", "sx": "SH", "s.": "SH", "s\\": "SH",
    "p\\": "F", "J^": "Y", "n^": "N", "l^": "L Y", "R^": "R ZH", "r*": "R", "N\\": "N", "aI": "AY", "ai": "AY",
    "AI": "AY", "AY": "AY", "&i": "AY", "aU": "AW", "Au": "AW", "au": "AW", "&U": "AW", "VU": "AW", "eI": "EY",
    "EI": "EY", "ei": "EY", "oU": "OW", "ou": "OW", "oI": "OY", "OI": "OY", "OY": "OY", "oi": "OY", "uI": "UW IY",
    "Wy": "UH UW", "e:": "EY", "O~": "AO", "A~": "AA", "E~": "AE", "W~": "UH", "A": "AA", "a": "AA", "&": "AE",
    "E": "EH", "e": "EH", "3": "AH", "I": "IH", "i": "IY", "O": "AO", "o": "OW", "0": "AO", "U": "UH", "u": "UW",
    "y": "UW", "Y": "UH", "W": "UH", "8": "UH", "@": "AH", "V": "AH", "T": "TH", "D": "DH", "S": "SH", "Z": "ZH",
    "N": "NG", "C": "HH", "x": "HH", "X": "HH", "h": "HH", "H": "HH", "Q": "G", "q": "K", "c": "K", "k": "K", "g": "G",
    "J": "D", "j": "Y", ";": "Y", "t": "T", "d": "D", "p": "P", "b": "B", "B": "B", "m": "M", "n": "N", "l": "L",
    "L": "L", "r": "R", "R": "R", "*": "D", "s": "S", "z": "Z", "f": "F", "F": "F", "v": "V", "w": "W", "P": "F",
}  # fmt: skip
_LETTER = re.compile("|".join(sorted(map(re.escape, _LETTERS), key=len, reverse=True)))

_ROMANCE = {"a": "AA", "e": "EH", "E": "EH", "i": "IY", "o": "OW", "O": "AO", "u": "UW", "j": "Y", "S": "SH", "Z": "ZH",
            "J": "N Y", "L": "L Y", "rr": "R", "ax": "AH", "ts": "T S", "dz": "D Z", "tS": "CH", "dZ": "JH",
            "ng": "NG", "nf": "V"}  # fmt: skip
_INDIC = {"a": "AH", "ee": "EY", "oh": "OW", "oo": "OW", "T": "T", "D": "D", "N": "N", "th": "T", "dh": "D", "td": "T",
          "tth": "T", "ddh": "D", "L": "L", "R": "R", "j": "JH", "ksh": "K SH", "sri": "SH R IY", "x": "K S", "kh": "K",
          "gh": "G", "bh": "B", "h": "HH", "@": "AH", "y": "Y"}  # fmt: skip
_CZECH = {"a": "AA", "e": "EH", "i": "IY", "o": "OW", "u": "UW", "c": "T S", "c~": "CH", "ch": "HH", "d~": "D Y",
          "dz": "D Z", "dz~": "JH", "h": "HH", "j": "Y", "n*": "NG", "n~": "N Y", "r~": "R ZH", "r~*": "R SH",
          "s~": "SH", "t~": "T Y", "z~": "ZH", "_": SILENCE}  # fmt: skip
_FINNISH = {"a": "AA", "e": "EH", "i": "IY", "o": "OW", "u": "UW", "y": "UW", "@": "AE", "&": "AE", "7": "UH",
            "h": "HH", "j": "Y", "T": "T", "D": "D", "S": "SH", "N": "NG", "L": "L"}  # fmt: skip
_RUSSIAN = {"a": "AH", "aa": "AA", "e": "IH", "ee": "EH", "i": "IY", "ii": "IY", "o": "AO", "oo": "AO", "u": "UW",
            "uu": "UW", "y": "IH", "yy": "IH", "ae": "AH", "ur": "UH", "c": "T S", "ch": "CH", "sch": "SH", "sh": "SH",
            "zh": "ZH", "h": "HH", "hh": "HH", "j": "Y", "ay": "IH"}  # fmt: skip
_JAPANESE = {"a": "AA", "i": "IY", "u": "UH", "e": "EH", "o": "OW", "A": "AA", "I": "IH", "U": "UH", "E": "EH",
             "O": "OW", "h": "HH", "ts": "T S", "ch": "CH", "sh": "SH", "j": "JH", "y": "Y", "r": "D", "N": "N",
             "cl": "T", "ky": "K Y", "gy": "G Y", "ny": "N Y", "hy": "HH Y", "by": "B Y", "py": "P Y", "my": "M Y",
             "ry": "D Y", "ty": "T Y", "dy": "D Y", "f": "F", "kw": "K W", "gw": "G W"}  # fmt: skip
_FESTIVAL = {"it": _ROMANCE, "ca": _ROMANCE, "hi": _INDIC, "mr": _INDIC, "te": _INDIC, "cs": _CZECH, "fi": _FINNISH,
             "ru": _RUSSIAN, "ja": _JAPANESE}  # fmt: skip
_PLAIN = frozenset("B CH D F G JH K L M N NG P R S SH T V W Y Z ZH IH IY UH UW EH AY AW OY AA".split())
_SILENT = frozenset(["pau", "#", "##", "h#", "sil", "_", "brth", "ssil", "xx"])


@lru_cache(maxsize=4096)
def from_espeak(name: str, english: bool) -> tuple[str, ...]:
    """ARPAbet names, in order, of one phoneme of espeak-ng; a pause is silence."""
    if english and name in _FROM_ENGLISH:
        return _FROM_ENGLISH[name]
    if name.startswith("_") and name != "_j":
        return (SILENCE,)
    found = [part for letter in _LETTER.findall(name) for part in _LETTERS[letter].split()]
    if len(found) > 1 and found[-1] == "HH" and name.endswith("h"):
        found.pop()  # aspiration
    return tuple(found) or (SILENCE,)


@lru_cache(maxsize=4096)
def from_festival(name: str, language: str) -> tuple[str, ...]:
    """ARPAbet names, in order, of one phone of a festival voice that speaks another language than English."""
    table = _FESTIVAL[language]
    bare = name.rstrip("1:0") if language != "ru" else name
    for key in (name, bare):
        if key in table:
            return tuple(table[key].split())
    upper = bare.upper()
    if bare.lower() in _SILENT or not bare:
        return (SILENCE,)
    if language == "ru" and upper not in _PLAIN:
        upper = upper[:1]  # a doubled consonant is a soft one
    return (upper,) if upper in _PLAIN else (SILENCE,)
