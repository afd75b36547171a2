"""Sentences in the sidebar, in as many lines as its width asks for."""

from __future__ import annotations

import textwrap
from typing import Any

from .blender_types import Context

LETTER_WIDTH = 6.5
"""Mean width of a letter of the interface, in pixels at scale 1."""


def sentence(layout: Any, context: Context, text: str, icon: str) -> None:
    """Draw a sentence in as many lines as the sidebar needs."""
    scale = context.preferences.system.ui_scale or 1.0  # 0 without a window
    pixels = context.region.width if context.region else 300.0
    letters = max(20, int(pixels / scale / LETTER_WIDTH) - 8)
    column = layout.column(align=True)
    column.scale_y = 0.8
    for index, line in enumerate(textwrap.wrap(text, letters)):
        column.label(text=line, icon=icon if index == 0 else "BLANK1")
