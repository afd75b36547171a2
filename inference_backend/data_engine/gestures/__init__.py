"""Stage V: nods and shakes laid over the head motion that a clip has."""
