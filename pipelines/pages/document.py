"""HTML pages, made of the templates beside this file: one file each, no script, nothing from a network."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from pipelines.base.files import write_durably

TEMPLATES = Path(__file__).parent / "templates"


def page(template: str, **values: object) -> str:
    """The HTML that a template makes of these values, which are escaped. A name that the template lacks is an error.

    A whole page extends `document.html.jinja`, whose policy lets a browser fetch nothing.
    """
    return _environment().get_template(f"{template}.html.jinja").render(values)


def write(path: Path, html: str) -> None:
    """Puts the page in its place in one piece, readable by its owner alone."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_durably(path, html.encode())


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("pipelines.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
