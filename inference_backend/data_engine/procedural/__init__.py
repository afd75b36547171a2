"""The procedural teacher: phones and a style become a performance with exact truth."""
