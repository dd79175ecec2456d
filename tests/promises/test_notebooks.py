"""The notebooks hold what they promise: a question, an answer, and outputs that are today's."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import nbformat
import pytest

from tests.tools.notebooks import ALL, FOLDER, executed, publish_embedded, told

FIRST = "9130350000000001"
pytestmark = pytest.mark.xdist_group("notebooks")
named = pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the embedded company as `make notebooks` knows it, published."""
    home = tmp_path_factory.mktemp("embedded")
    publish_embedded(home)
    return home


def test_the_readme_lists_every_notebook() -> None:
    """The README lists every notebook and no other."""
    listed = (FOLDER / "README.md").read_text()
    assert {path.name for path in ALL} == {
        "first_look.ipynb", "forecasting.ipynb", "segmentation.ipynb",
    }  # fmt: skip
    assert all(f"[{path.name}]({path.name})" in listed for path in ALL)


@named
def test_a_notebook_asks_shows_and_answers(path: Path) -> None:
    """A notebook begins with a question, draws charts, ends with the answer, and has run once and in order."""
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    first, *_, heading, last = notebook.cells
    assert first.cell_type == "markdown" and "?**" in first.source
    assert heading.source.endswith("## Answer")
    assert "text/markdown" in last.outputs[0].data
    assert told(notebook).count("a picture") >= 3
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert {output.output_type for cell in code for output in cell.outputs} <= {
        "execute_result",
        "display_data",
    }


@named
def test_a_notebook_reads_the_published_file_alone(path: Path) -> None:
    """A notebook opens the published file read-only and no other file or network."""
    source = "\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells)
    assert "quickduck.open_published(HOME)" in source and "import duckdb" not in source
    assert "warehouse.duckdb" not in source and "raw." not in source and "http" not in source


@pytest.mark.long
@named
def test_kept_outputs_are_those_of_today(path: Path, embedded: Path) -> None:
    """The notebooks, executed anew, give the outputs that are kept, word for word."""
    assert told(executed(path, embedded)) == told(nbformat.read(path, as_version=4))


@pytest.mark.long
@named
def test_a_small_company_is_answered_too(path: Path, embedded: Path, tmp_path: Path) -> None:
    """The notebooks also answer for the small company, of which nothing can be predicted."""
    shutil.copyfile(embedded / "analytics.duckdb", tmp_path / "analytics.duckdb")
    with duckdb.connect(str(tmp_path / "analytics.duckdb")) as books:
        books.execute("delete from core.companies where realm_id = ?", [FIRST])
    answer = told(executed(path, tmp_path))[-1]
    assert "CAD" in answer and "USD" not in answer and "nan" not in answer
