"""Writes docs/marts.md, the dictionary of the marts, out of the files that build them: `make dictionary`."""

from __future__ import annotations

from pathlib import Path

from transforms.engine import models
from transforms.engine.macros import AS_OF

PAGE = Path(__file__).parents[2] / "docs/marts.md"
HEAD = """# The marts, column by column

Written by `make dictionary` out of the files in `transforms/marts/`; the same comments stand in the published file.
`quickduck marts NAME` shows them with types, `quickduck sql "from marts.NAME limit 5"` with rows.
Amounts are exact decimals, in the company's home currency unless a column says otherwise; every row carries `realm_id`.
"""


def dictionary() -> str:
    """The page: every mart with its purpose, grain and columns, then the macros for past dates."""
    parts = [HEAD]
    marts = sorted(models.read_all("marts"), key=lambda model: model.name)
    for mart in marts:
        rows = [f"| `{name}` | {_cell(comment)} |" for name, comment in mart.columns.items()]
        parts.append(
            "\n".join([f"## {mart.table}\n", f"{mart.purpose}\n", "| column | is |", "|---|---|", *rows, ""])
        )
    for name, (_, comment) in AS_OF.items():
        parts.append(f"## marts.{name}(d)\n\n{comment}\n")
    return "\n".join(parts)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(dictionary())
