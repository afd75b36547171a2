"""Baselines: other ways to make a face move to sound, each a `name` and a `generate` like the style generator's."""
