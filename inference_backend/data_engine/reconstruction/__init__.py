"""Stage IV: film to curves: track the face, calibrate it to the person, remove the jitter, bring it to 50 Hz."""
