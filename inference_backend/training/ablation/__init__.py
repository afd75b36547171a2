"""Ablation: small variants of the style generator, trained alike and scored alike."""
