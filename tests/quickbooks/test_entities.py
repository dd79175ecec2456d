"""The catalogue names every table once."""

from pipelines.quickbooks.entities import BY_NAME, CATALOGUE


def test_tables_and_staging_names_are_unique() -> None:
    """Two entities never share a table."""
    assert len({entity.table for entity in CATALOGUE}) == len(CATALOGUE) == 40
    assert len({entity.staging for entity in CATALOGUE}) == len(CATALOGUE)


def test_names_follow_quickbooks() -> None:
    """Tables of raw have singular snake-case names and those of staging the plural, also where it is irregular."""
    names = {
        name: (BY_NAME[name].table, BY_NAME[name].staging) for name in ("Class", "TaxAgency", "CompanyInfo")
    }
    assert names == {
        "Class": ("class", "classes"),
        "TaxAgency": ("tax_agency", "tax_agencies"),
        "CompanyInfo": ("company_info", "company_info"),
    }
