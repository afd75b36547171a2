"""Takes as files: npz, Live Link Face CSV, Audio2Face JSON."""
