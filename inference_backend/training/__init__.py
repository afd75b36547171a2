"""Training, evaluation and export of the style generator; torch lives here and nowhere else."""
