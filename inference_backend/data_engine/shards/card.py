"""The data card: what the shards of a folder hold, for whoever opens it."""

from __future__ import annotations

from typing import Any

_TEMPLATE = """# A corpus of acted speech

{clips:,} clips, {hours:.2f} hours, made by Mien's data engine.

## What a clip holds

WebDataset layout: plain tar files, the members of a clip side by side under one key.

| member | what it is |
| --- | --- |
| `KEY.flac` | sound, mono, {sample_rate_hz:,} Hz, 16 bits; absent where a clip is for style alone |
| `KEY.npz` | `values` float16 [T, {channels}], `head` float16 [T, 3], `confidence` float16 [T], `fps`, `exact` |
| `KEY.json` | caption, attributes, phones, speaker, source, licence, attribution, provenance, split and more |

- **Time.** Row k of the curves is the face at k / {curves_per_second} seconds of the sound. Phones are
  `[start_s, end_s, name]` in ARPAbet; `null` where nobody knows them.
- **`values`.** Apple's 52 blendshape locations from 0 to 1, in the order that `shards.json` lists under `curves`.
- **`head`.** Pitch, yaw and roll in radians, composed as R = Ry(yaw) Rx(pitch) Rz(roll) in a right-handed frame, +x to
  the character's own left, +y up, +z out of the face. Pitch > 0: the chin drops. Yaw > 0: the nose turns to the
  character's own left. Roll > 0: the head tips onto the character's own right shoulder.
- **`confidence`.** How sure each row is, 0 to 1. `exact` curves are the truth that made the sound or the picture;
  the others were tracked in a film. `captured` in the JSON: a camera saw this mouth.
- **`attributes`.** What the caption asks for, kept apart: subject, emotion (a cluster) and feeling (the word),
  intensity and its level 0 to 1, delivery, gaze, head and the gesture's amount, vocal activity, detail, blend.
- **The subject is not the voice.** The procedural teacher draws them apart: the caption may name a woman where a man
  speaks, and age is not matched either. Do not learn voices from captions.

## Splits

{splits}

No speaker of validation or test is in train, and neither is any prompt of theirs. Speakers are split by a hash of their
names; a prompt that was given on both sides belongs to one of them by a hash of its text.{held_out}

Left out of the shards:

{left_out}

## Where it comes from

{sources}

{languages}

{vocal}

## Licences

The curves' licence is `curves_licence` in each clip's provenance; the sounds have their own:

{licences}
"""


def write(index: dict[str, Any]) -> str:
    """Write the card of a folder's index as Markdown."""
    words = ", ".join(f"*{word}*" for word in index["held_out_words"])
    held_out = f" Words that no train prompt holds in any inflection: {words}." if words else ""
    return _TEMPLATE.format(
        **{key: index[key] for key in ("clips", "hours", "sample_rate_hz", "curves_per_second")},
        channels=len(index["curves"]) - 3,
        splits=_groups("split", index["splits"]),
        held_out=held_out,
        left_out=_table(("reason", "clips"), list(index["left_out"].items())) if index["left_out"] else "Nothing.",
        sources=_groups("source", index["sources"]),
        languages=_groups("language", index["languages"]),
        vocal=_groups("voice", index["vocal"]),
        licences=_table(
            ("licence", "clips", "attribution"),
            [(name, row["clips"], "; ".join(row["attributions"]) or "-") for name, row in index["licences"].items()],
        ),
    )


def _groups(title: str, rows: dict[str, dict[str, Any]]) -> str:
    cells = [(name, f"{row['clips']:,}", f"{row['hours']:.2f}", row["speakers"]) for name, row in rows.items()]
    return _table((title, "clips", "hours", "speakers"), cells)


def _table(head: tuple[str, ...], rows: list[tuple[Any, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines)
