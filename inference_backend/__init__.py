"""The local backend: a style generator behind a loopback server and a command line."""
