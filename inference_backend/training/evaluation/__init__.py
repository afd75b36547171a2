"""Evaluation: the measures that weights answer for, on sounds, words and faces that training never saw."""
