"""Loopback HTTP service around the style generator."""
