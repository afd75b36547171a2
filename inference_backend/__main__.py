"""The command line of the backend."""

from __future__ import annotations

import typer

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.callback()
def main() -> None:
    """Turn speech and a line of style text into a facial performance."""


@app.command()
def serve() -> None:
    """Serve takes on a loopback port; the token is the first line of stdin."""
    from .server import serve as serve_forever

    serve_forever()


if __name__ == "__main__":
    app(prog_name="python -m inference_backend")
