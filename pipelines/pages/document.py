"""How the pages of a run look, and how they are written: one file each, no script, nothing from a network."""

from __future__ import annotations

from html import escape
from importlib.resources import files
from pathlib import Path

from pipelines.base.files import write_durably

STYLE = files("pipelines.pages") / "look.css"
HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<link rel="icon" href="data:,">
"""


def document(title: str, body: str, more_style: str = "") -> str:
    """A whole page; `body` is HTML, `title` is text. The policy in its head lets a browser fetch nothing."""
    style = STYLE.read_text(encoding="utf-8") + more_style
    return f"{HEAD}<title>{escape(title)}</title>\n<style>{style}</style></head>\n<body>\n{body}\n</body></html>\n"


def write(path: Path, html: str) -> None:
    """Puts the page in its place in one piece, readable by its owner alone."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_durably(path, html.encode())
