"""Waiting well: time left, the status bar, and that nothing hangs or stays behind when the animator goes on."""
