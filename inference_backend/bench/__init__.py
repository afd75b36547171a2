"""The bench: how fast the generator is on this machine, how soon it is there, and how much memory it takes."""
