"""Stage II: teachers perform prompts: procedural, video models, and films that are there already."""
