"""The data engine: speech with phone timings, the procedural teacher, captions, corpora."""
