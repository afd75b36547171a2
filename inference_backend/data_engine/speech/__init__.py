"""Speech with phone timings: texts, voices, recordings, and their features."""
