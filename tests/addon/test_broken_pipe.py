"""A write to a closed pipe raises and goes no further, even where SIGPIPE would be deadly."""

from __future__ import annotations

import os
import threading

import pytest
from mien.addon import broken_pipe


def write_to_nobody():
    reading, writing = os.pipe()
    os.close(reading)
    try:
        with pytest.raises(BrokenPipeError):
            os.write(writing, b"x")
    finally:
        os.close(writing)


def test_without_a_shield_the_signal_arrives(deadly_pipes):
    write_to_nobody()
    assert len(deadly_pipes) == 1


def test_a_shielded_block(deadly_pipes):
    with broken_pipe.shielded():
        write_to_nobody()
    assert deadly_pipes == []
    write_to_nobody()
    assert len(deadly_pipes) == 1


def test_a_shielded_thread(deadly_pipes):
    def work():
        broken_pipe.shield_thread()
        write_to_nobody()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert deadly_pipes == []
