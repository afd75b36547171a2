"""Distillation: a student that acts in few steps, and how faithful it is to its teacher."""
