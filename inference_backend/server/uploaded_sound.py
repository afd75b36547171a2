"""The sound of a job: an uploaded file as its reader needs it."""

from __future__ import annotations

import io
from typing import Any, BinaryIO


class UploadedSound(io.RawIOBase):
    """A temporary file for reading, with the name that its user knows it by; its own is none, or a number.

    Nor has it the temporary file's `mode`, at which a decoder would take it for a file to write.
    """

    def __init__(self, file: BinaryIO, name: str | None) -> None:
        self.name = name or "The sound"
        self._file = file
        self._interrupted = False

    def interrupt(self) -> None:
        """Let the file seem to end here, so that another thread which decodes it is soon done."""
        self._interrupted = True

    def readable(self) -> bool:
        """Tell readers that they may read."""
        return True

    def seekable(self) -> bool:
        """Tell readers that they may seek."""
        return True

    def readinto(self, buffer: Any, /) -> int:
        """Fill a buffer with what comes next; 0 bytes at the end, or once interrupted."""
        piece = b"" if self._interrupted else self._file.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Move to a place in the file."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Tell the place in the file."""
        return self._file.tell()

    def close(self) -> None:
        """Close the file, which deletes it."""
        self._file.close()
        super().close()
