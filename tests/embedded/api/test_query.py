from decimal import Decimal

import pytest


def test_a_page_has_rows_position_and_time(client, company):
    """A page of a query carries its rows, position, counts, time and trace id, and amounts keep their digits."""
    company.put(
        "Invoice",
        "7",
        "2026-05-05T03:09:39-07:00",
        TotalAmt=Decimal("362.10"),
        Balance=Decimal("0"),
        Line=[{"Amount": Decimal("100.00")}],
    )
    answer = client.ask("select * from invoice")
    assert '"TotalAmt":362.10,"Balance":0,"Line":[{"Amount":100.00}]' in answer.text
    assert answer.json()["QueryResponse"]["startPosition"] == 1
    assert answer.json()["QueryResponse"]["maxResults"] == 1
    assert answer.json()["QueryResponse"]["totalCount"] == 1
    assert answer.json()["time"] == "2026-11-20T09:00:00.025-08:00"
    assert answer.headers["Content-Type"] == "application/json;charset=utf-8"
    assert answer.headers["intuit_tid"]


def test_the_time_drops_its_fraction_when_it_is_zero(client, server):
    """An answer's time has no fraction when it falls on a whole second."""
    server.switches.answer_seconds = 1
    assert client.ask("SELECT * FROM Invoice").json() == {
        "QueryResponse": {},
        "time": "2026-11-20T09:00:01-08:00",
    }


def test_some_entities_send_no_total_count(client, company):
    """A query of payments answers without a totalCount."""
    company.put("Payment", "1")
    assert client.rows("SELECT * FROM Payment").keys() == {"Payment", "startPosition", "maxResults"}


def test_a_query_may_come_in_the_address(client, company):
    """A query works as a GET parameter as well."""
    company.put("Customer", "1", DisplayName="Barnes & Noble", Active=True)
    params = {"query": "SELECT * FROM Customer WHERE DisplayName = 'barnes & noble'"}
    answer = client.get(f"{client.base}/query", params=params, timeout=5)
    assert answer.json()["QueryResponse"]["Customer"][0]["Id"] == "1"


def test_pages_have_100_rows_unless_asked_and_never_more_than_1000(client, invoices):
    """A page has 100 rows by default and never more than 1,000, whatever MAXRESULTS asks for."""
    invoices(1100)
    assert len(client.ids("Invoice")) == 100
    assert len(client.ids("Invoice", "MAXRESULTS 1000")) == 1000
    assert len(client.ids("Invoice", "MAXRESULTS 5000")) == 1000
    assert client.ids("Invoice", "ORDERBY Id STARTPOSITION 1099 MAXRESULTS 10") == ["1099", "1100"]
    assert client.ids("Invoice", "ORDER BY Id MAXRESULTS 10 STARTPOSITION 1099") == ["1099", "1100"]
    assert client.rows("SELECT * FROM Invoice STARTPOSITION 1101") == {}


def test_position_zero_is_one_or_refused(client, server, invoices):
    """STARTPOSITION 0 means 1, unless a switch makes the server refuse it."""
    invoices(3)
    assert client.ids("Invoice", "ORDERBY Id STARTPOSITION 0 MAXRESULTS 2") == ["1", "2"]
    server.switches.position_zero = "refuse"
    assert client.refused("SELECT * FROM Invoice STARTPOSITION 0")["Detail"] == (
        "QueryValidationError: value 0 is too small. Min allowed value is 1"
    )


def test_more_than_1000_results_may_be_refused(client, server):
    """A switch makes the server refuse MAXRESULTS above 1,000."""
    server.switches.results_over = "refuse"
    assert client.refused("SELECT * FROM Invoice MAXRESULTS 1001")["code"] == "4001"


def test_an_entity_may_send_one_row_more_than_asked(client, server, company):
    """A switch makes an entity send one row more than MAXRESULTS."""
    for id in "123":
        company.put("TimeActivity", id)
    server.switches.extra_row = {"TimeActivity"}
    assert len(client.ids("TimeActivity", "MAXRESULTS 2")) == 3


def test_total_count_may_count_the_whole_query(client, server, invoices):
    """A switch makes totalCount count the whole query instead of the page."""
    invoices(3)
    assert client.rows("SELECT * FROM Invoice MAXRESULTS 2")["totalCount"] == 2
    server.switches.total_count = "query"
    assert client.rows("SELECT * FROM Invoice MAXRESULTS 2")["totalCount"] == 3
    assert client.rows("SELECT * FROM Invoice WHERE TxnDate = ' ' MAXRESULTS 2")["totalCount"] == 3


def test_transactions_come_newest_change_first_and_lists_by_name(client, company):
    """Without ORDERBY, transactions come newest change first and lists come by name."""
    for id, second in (("1", "02"), ("2", "03"), ("3", "01")):
        company.put("Invoice", id, f"2026-05-05T03:09:{second}-07:00")
    for id, name in (("1", "Pam Seitz"), ("2", "PG&E"), ("3", "Amy")):
        company.put("Vendor", id, DisplayName=name, Active=True)
    assert client.ids("Invoice") == ["2", "1", "3"]
    assert client.ids("Vendor") == ["3", "2", "1"]


def test_stamps_are_compared_as_instants_across_the_change_of_clocks(client, company):
    """Filters and sorting compare stamps as instants, also across the change of clocks."""
    company.put("Invoice", "1", "2026-11-01T01:30:00-07:00")
    company.put("Invoice", "2", "2026-11-01T01:10:00-08:00")
    stamp = "MetaData.LastUpdatedTime"
    assert client.ids("Invoice", f"ORDERBY {stamp}") == ["1", "2"]
    assert client.ids("Invoice", f"ORDERBY {stamp} DESC") == ["2", "1"]
    assert client.ids("Invoice", f"WHERE {stamp} >= '2026-11-01T09:00:00Z'") == ["2"]
    assert client.ids("Invoice", f"WHERE {stamp} >= '2026-11-01T01:10:00-08:00' ORDERBY {stamp}") == ["2"]
    assert client.ids("Invoice", f"WHERE {stamp} > '2026-11-01T01:10:00-08:00' ORDERBY {stamp}") == []
    window = f"WHERE {stamp} > '2026-11-01T08:00:00Z' AND {stamp} < '2026-11-01T09:10:00Z'"
    assert client.ids("Invoice", window) == ["1"]
    assert client.ids("Invoice", f"{window} ORDERBY Id") == ["1"]


def test_ids_sort_as_numbers(client, invoices):
    """Ids sort as numbers, not as text."""
    invoices(11)
    assert client.ids("Invoice", "ORDERBY Id DESC MAXRESULTS 3") == ["11", "10", "9"]


def test_filters_compare_numbers_dates_references_and_text(client, company):
    """Filters compare amounts as numbers, and also work on dates, references and lists of ids."""
    for id, amount, customer, date in (
        ("1", "300.00", "5", "2026-01-09"),
        ("2", "1200.00", "6", "2026-02-01"),
    ):
        company.put("Invoice", id, TotalAmt=Decimal(amount), CustomerRef={"value": customer}, TxnDate=date)
    assert client.ids("Invoice", "WHERE TotalAmt > '300.00'") == ["2"]
    assert client.ids("Invoice", "WHERE TotalAmt <= 300") == ["1"]
    assert client.ids("Invoice", "WHERE CustomerRef = '6' AND TxnDate >= '2026-02-01'") == ["2"]
    assert client.ids("Invoice", "WHERE TxnDate < CURRENT_DATE ORDERBY TxnDate DESC") == ["2", "1"]
    assert client.ids("Invoice", "WHERE Id IN ('2', '1', '99') ORDERBY Id") == ["1", "2"]
    assert client.ids("Invoice", "WHERE Id = '2' AND TotalAmt < 5") == []


def test_text_is_compared_without_case_and_apostrophes_take_a_backslash(client, company):
    """Text filters ignore case, and a backslash escapes an apostrophe."""
    company.put("Customer", "1", DisplayName="Amy's Bird Sanctuary", Active=True)
    assert client.ids("Customer", r"WHERE DisplayName = 'AMY\'S Bird Sanctuary'") == ["1"]
    assert client.ids("Customer", "WHERE DisplayName LIKE '%bird%'") == ["1"]
    assert client.ids("Customer", "WHERE DisplayName LIKE 'bird%'") == []


def test_inactive_rows_hide_until_the_filter_names_them(client, company):
    """Queries and counts leave out inactive rows unless the filter names Active."""
    company.put("Customer", "1", FullyQualifiedName="A", DisplayName="A", Active=True)
    company.put("Customer", "2", FullyQualifiedName="B (deleted)", DisplayName="B (deleted)", Active=False)
    assert client.ids("Customer") == ["1"]
    assert client.ids("Customer", "WHERE Id IN ('1', '2')") == ["1"]
    assert client.ids("Customer", "WHERE Active IN (true, false)") == ["1", "2"]
    assert client.ids("Customer", "WHERE Active = false") == ["2"]
    assert client.rows("SELECT count(*) FROM Customer") == {"totalCount": 1}
    assert client.rows("SELECT COUNT(*) FROM Customer WHERE Active IN (true,false)") == {"totalCount": 2}


def test_counts_obey_filters(client, invoices):
    """A count counts only the rows that match its filter."""
    invoices(5)
    assert client.rows("SELECT count(*) FROM Invoice WHERE DocNumber >= '1003'") == {"totalCount": 3}
    assert client.rows("SELECT count(*) FROM Bill") == {"totalCount": 0}


def test_scalar_columns_may_be_chosen(client, company):
    """A query may select scalar columns, gets sparse rows, and is refused a column that is no scalar."""
    company.put("Invoice", "1", "2026-05-05T03:09:39-07:00", DocNumber="1001", BillAddr={"Line1": "x"})
    found = client.rows("SELECT Id, MetaData.LastUpdatedTime, DocNumber FROM Invoice")["Invoice"]
    assert found == [
        {
            "domain": "QBO",
            "sparse": True,
            "Id": "1",
            "MetaData": {"LastUpdatedTime": "2026-05-05T03:09:39-07:00"},
            "DocNumber": "1001",
        }
    ]
    assert client.refused("SELECT Id, BillAddr FROM Invoice")["Detail"] == (
        "QueryValidationError: Property BillAddr not found for Entity Invoice"
    )


def test_a_chosen_column_that_a_row_lacks_is_left_out(client, company):
    """A row without the stamp that a query selects comes without it; exchange rates have no MetaData.CreateTime."""
    company.rows["ExchangeRate"]["EUR"] = {
        "SourceCurrencyCode": "EUR",
        "Rate": Decimal("1.08"),
        "MetaData": {"LastUpdatedTime": "2026-01-01"},
    }
    rows = client.rows("SELECT SourceCurrencyCode, MetaData.CreateTime FROM ExchangeRate")["ExchangeRate"]
    assert rows == [{"domain": "QBO", "sparse": True, "SourceCurrencyCode": "EUR"}]


def test_recurring_transactions_are_wrapped(client, company):
    """A recurring transaction stands inside an object named after its type."""
    company.rows["RecurringTransaction"]["9"] = {
        "Invoice": {"Id": "9", "MetaData": {"LastUpdatedTime": "2026-01-01"}}
    }
    found = client.rows("SELECT * FROM RecurringTransaction WHERE Id = '9'")
    assert found["RecurringTransaction"] == [
        {"Invoice": {"Id": "9", "MetaData": {"LastUpdatedTime": "2026-01-01"}}}
    ]


def test_a_single_read_shows_a_field_that_a_query_does_not(client, company):
    """A read of one customer shows its default tax code, which a query leaves out."""
    company.put("Customer", "1", DefaultTaxCodeRef={"value": "2"}, Active=True)
    assert "DefaultTaxCodeRef" not in client.rows("SELECT * FROM Customer")["Customer"][0]
    assert "DefaultTaxCodeRef" in client.get(f"{client.base}/customer/1", timeout=5).json()["Customer"]


def test_what_the_edition_lacks_is_refused(client, server, company):
    """A query of an entity that the edition lacks is refused with code 5030, or with 4001 when so switched."""
    company.lacking = {"Budget"}
    assert client.refused("SELECT * FROM Budget")["code"] == "5030"
    server.switches.lacking_code = "4001"
    assert client.refused("SELECT * FROM Budget")["Detail"] == (
        "QueryValidationError: invalid context declaration: Budget"
    )


@pytest.mark.parametrize(
    ("statement", "detail"),
    [
        ("FROM Custmoer", "invalid context declaration: Custmoer"),
        ("FROM Payment WHERE UnappliedAmt > '0'", "property 'UnappliedAmt' is not queryable"),
        ("FROM Bill WHERE CustomerRef = '1'", "property 'CustomerRef' is not queryable"),
        ("FROM Bill WHERE Colour = '1'", "Property Colour not found for Entity Bill"),
        ("FROM TaxAgency ORDERBY Id", "property 'Id' is not queryable"),
        ("FROM Bill WHERE Id > '5'", "operator '>' is not supported for property 'Id'"),
    ],
)
def test_impossible_queries_say_so_without_an_element(client, statement, detail):
    """A query of an unknown or unsupported property is refused with code 4001 and names no element."""
    assert client.refused(f"SELECT * {statement}") == {
        "Message": "Invalid query",
        "Detail": f"QueryValidationError: {detail}",
        "code": "4001",
    }


def test_an_unescaped_apostrophe_is_found_where_the_sentence_breaks(client):
    """An unescaped apostrophe is a parser error that names the line and column of the break."""
    error = client.refused("SELECT * FROM Customer WHERE DisplayName = 'Amy's Birds'")
    assert (error["code"], error["Message"]) == ("4000", "Error parsing query")
    assert error["Detail"].startswith(
        'QueryParserError: Encountered " <IDENTIFIER> "s "" at line 1, column 49.\n'
        "Was expecting one of:\n    <EOF> ...\n"
    )


@pytest.mark.parametrize(
    ("statement", "place"),
    [
        ("* FROM Bill WHERE DocNumber = 'a' OR Id = '1'", '" <IDENTIFIER> "OR "" at line 1, column 42'),
        ("* FROM Bill WHERE DocNumber = 'a''b'", '" <STRING> "\'b\' "" at line 1, column 41'),
        ("* FROM Bill WHERE DocNumber = 'a\u2019s'", '"\\u2019" (8217), after : "WHERE DocNumber = \'a"'),
        ("*\nFROM Bill WHERE Id != '1'", 'Lexical error at line 2, column 20. Encountered: "!" (33)'),
        ("* FROM", '"<EOF>" at line 1, column 14'),
        ("* FROM Bill STARTPOSITION 1 STARTPOSITION 2", '" "startposition" "STARTPOSITION ""'),
        ("sum(*) FROM Bill", '" "(" "( "" at line 1, column 11'),
    ],
)
def test_what_the_grammar_does_not_know_is_refused_with_its_place(client, statement, place):
    """Syntax that the grammar does not know is refused with code 4000 and its place."""
    error = client.refused(f"SELECT {statement}")
    assert error["code"] == "4000"
    assert place in error["Detail"]
