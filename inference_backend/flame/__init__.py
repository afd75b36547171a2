"""FLAME: a map from ARKit's channels to the expression space of a model that the user has."""
