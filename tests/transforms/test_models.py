"""The SQL files as files: their order, descriptions and plain types."""

from __future__ import annotations

from types import ModuleType

import pytest
import sqlglot
from sqlglot import exp

from tests.support.books import money
from transforms.engine import macros, models, other_fields
from transforms.engine.models import Model, PythonModel

ALL = models.read_all(*models.SCHEMAS)
BUILT_IN_ORDER = [model for model in ALL if model.schema != "staging"]


@pytest.fixture
def columns(books):
    """The columns of every table: schema, table, column, type."""
    books.build()
    return books.rows("""
        select schema_name, table_name, column_name, data_type from duckdb_columns()
        where schema_name in ('staging', 'core', 'marts', 'checks')
    """)


def test_no_file_describes_a_column_it_does_not_have(columns):
    """No file describes a column that its table lacks."""
    built = {(schema, table, column) for schema, table, column, *_ in columns}
    assert {(model.schema, model.name, column) for model in ALL for column in model.columns} <= built


def test_core_reads_no_mart():
    """Tables of core are made of staging, history, people's own lists and each other, and of no mart."""
    schemas = {
        model.table: {source.partition(".")[0] for source in model.sources}
        for model in models.read_all("core")
    }
    allowed = {"staging", "core", "history", "build"}
    assert {table: read - allowed for table, read in schemas.items() if read - allowed} == {}


def test_a_column_s_comment_trails_it_or_stands_above_it():
    """A comment above belongs to the column whose expression begins there, whatever commas that holds."""
    model = Model(
        "marts",
        "owed",
        """-- What is owed. One row per customer.
with
final as (
    select
        realm_id,  -- Company
        -- What stands open,
        -- in all
        round(
            case when is_open then amount end,  -- No column ends here
            2
        ) as open_amount,
        n,
    from documents
)
select * from final
""",
    )
    assert model.columns == {"realm_id": "Company", "open_amount": "What stands open, in all"}


def test_keys_hold_even_if_a_company_is_described_twice(books):
    """A second CompanyInfo does not double any amount owed."""
    for id in ("1", "2"):
        books.put("CompanyInfo", id, CompanyName=f"Company {id}")
        books.put("Preferences", id, CurrencyPrefs={"HomeCurrency": {"value": "USD"}})
    books.invoice("1", 10, "01-01")
    books.build()
    assert books.rows("select company_name, home_currency from core.companies") == [("Company 2", "USD")]
    assert books.value("select count(*) from marts.ar_aging_by_invoice") == 1


def test_models_come_after_what_they_select_from():
    """Every model is built after the tables that it selects from."""
    order = models.in_order(BUILT_IN_ORDER)
    place = {model.table: position for position, model in enumerate(order)}
    assert all(
        place[source] < place[model.table] for model in order for source in model.sources if source in place
    )


@pytest.mark.parametrize("model", ALL, ids=lambda model: model.table)
def test_a_real_parser_finds_the_same_sources(model):
    """The sources of each model equal those that a real SQL parser finds."""
    sql = model.sql if isinstance(model, Model) else model.code.SOURCE
    tables = sqlglot.parse_one(sql, dialect="duckdb").find_all(exp.Table)
    assert model.sources == {f"{table.db}.{table.name}" for table in tables if table.db}


def test_unknown_table_is_named():
    """A model that selects from a table that no file builds is an error that names both."""
    with pytest.raises(ValueError, match="marts.a selects from marts.b, which no file builds"):
        models.in_order([Model("marts", "a", "select * from marts.b")])


def test_a_python_file_is_a_table_like_any_other(books):
    """A Python file's docstring, types and comments reach the database, and a frame that does not fit is refused."""
    code = ModuleType("doubled", "Doubled balances. One row per customer.\n\nHow, is nobody's business.")
    code.SOURCE = "select realm_id, customer_id, 2::double as amount from core.customers"
    code.COLUMNS = {name: ("varchar", f"The {name}") for name in ("realm_id", "customer_id")}
    code.COLUMNS["amount"] = ("decimal(18, 2)", "The amount")
    code.rows = lambda frame: frame.assign(amount=frame.amount * 2)
    model = PythonModel("marts", "doubled", code)
    books.customer("C")
    books.build()
    model.create(books.connection)
    assert books.rows("select * from marts.doubled") == [("1", "C", money(4))]
    assert model.sources == {"core.customers"}
    assert (model.purpose, model.columns["amount"]) == (
        "Doubled balances. One row per customer.",
        "The amount",
    )
    code.rows = lambda frame: frame[["realm_id"]]
    with pytest.raises(ValueError, match=r"marts.doubled has columns \['realm_id'\]"):
        model.create(books.connection)


def test_staging_files_select_from_one_entitys_documents():
    """Each staging file selects from the documents of exactly one entity."""
    assert [model.table for model in ALL if model.schema == "staging" and len(model.sources) != 1] == []


def test_macros_replaced_the_date(books):
    """The SQL behind the macros contains the text that they replace, and exactly two macros are built."""
    assert all(
        macros.THAT_DAY in statement or macros.OPEN_THAT_DAY in statement
        for statement in macros.statements()[::2]
    )
    books.build()
    macro_names = books.rows(
        "select function_name from duckdb_functions() where schema_name = 'marts' order by all"
    )
    assert macro_names == [("ar_aging_as_of",), ("ar_aging_by_customer_as_of",)]


def test_macros_survive_reopening(tmp_path):
    """Macros are still there after the warehouse is opened again."""
    from tests.support.books import Books

    books = Books(tmp_path / "warehouse.duckdb")
    books.invoice("1", 10, "01-01")
    books.build_all()
    books.close()
    books = Books(tmp_path / "warehouse.duckdb")
    assert books.value("select count(*) from marts.ar_aging_as_of(date '2026-01-01')") == 1
    books.close()


def test_a_file_that_makes_no_table_is_named(books):
    """If a file makes no table, the error names the file beside DuckDB's message."""
    broken = Model("marts", "broken", "select realm_id,\n    cash_pad\nfrom core.companies")
    books.build()
    with pytest.raises(models.ModelFailed, match=r'^transforms/marts/broken.sql .*"cash_pad" .*LINE 2:'):
        broken.create(books.connection)


def test_a_table_whose_file_is_gone_goes_too(books):
    """A table whose file is gone is dropped, so that it is not published unchanged for ever."""
    books.build_all()
    for schema in models.SCHEMAS:
        books.connection.execute(f"create table {schema}.gone as select 1 as realm_id")
    built = books.build_all()
    found = books.rows(
        "select schema_name || '.' || table_name from duckdb_tables() where schema_name in ('staging', 'core', 'marts')"
    )
    assert set(built.tables) == {model.table for model in ALL}
    assert {table for (table,) in found} == {*built.tables, other_fields.TABLE.name}
