"""Stage III: judge the clips; each one that is left out keeps its reason."""
