"""Revenue by month, region and item: worked examples, and sums that hold for any books."""

from __future__ import annotations

import datetime
import shutil
from collections import Counter, defaultdict
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.support.books import Books, day
from tests.transforms.test_sales import discount, item, sale, subtotal

D = Decimal
SEEDS = st.integers(0, 2)  # the tests share the books of a seed: building them is what takes time
CENT = D("0.01")
QUICK = settings(
    max_examples=3,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate],
)
DAY_MINUTES = 24 * 60
TODAY = datetime.date(2026, 12, 15)


def address(state=None, code=None, country=None):
    said = {"CountrySubDivisionCode": state, "PostalCode": code, "Country": country}
    return {name: value for name, value in said.items() if value}


def concentration(books, level="state", period="all"):
    """The figures of one level: index, effective regions, shares of the top, coverage."""
    return books.row(f"""
        select distinct round(hhi, 2), round(effective_regions, 2), top1_share, top5_share,
            known_region_share, region_count, concentration
        from marts.revenue_by_region where level = '{level}' and period = '{period}'
    """)


def places(books, level="postal"):
    return books.rows(f"""
        select region, net_revenue from marts.revenue_by_region
        where level = '{level}' and period = 'all' order by region
    """)


def test_regions_of_30_30_20_and_20(books):
    """Regions of 30, 30, 20 and 20 percent have an index of 2,600, as much as 3.85 equal regions."""
    books.put("CompanyInfo", "1", Country="US")
    for id, (state, amount) in enumerate([("CA", 30), ("OR", 30), ("WA", 20), ("NV", 20)]):
        books.invoice(str(id), amount, "01-01", ShipAddr=address(state))
    books.build()
    assert concentration(books) == (2600.0, 3.85, 0.3, 1.0, 1.0, 4, "high")
    assert concentration(books, "country") == (10000.0, 1.0, 1.0, 1.0, 1.0, 1, "high")


def test_a_sixth_region_is_not_among_the_top_five(books):
    """The top five of twenty equal regions have a quarter of the revenue, and concentration is low."""
    for id in range(20):
        books.invoice(str(id), 5, "01-01", ShipAddr=address(f"S{id}", country="US"))
    books.build()
    hhi, effective, top1, top5, *_, band = concentration(books)
    assert (hhi, effective, band) == (500.0, 20.0, "low")
    assert (top1, top5) == (pytest.approx(0.05), pytest.approx(0.25))


def test_bands_of_concentration(books):
    """Ten equal regions have an index of 1,000, which is moderate, and so is 1,800."""
    for id in range(10):
        books.invoice(str(id), 5, "01-01", ShipAddr=address(f"S{id}", country="US"))
    books.build()
    assert concentration(books)[0::6] == (1000.0, "moderate")


def test_the_address_that_counts(books):
    """The region comes from the document's ship or bill address, else from the customer's ship or bill address."""
    books.put("CompanyInfo", "1", Country="US")
    ship, bill = address("OR", "97701-1234"), address("CA", "94303")
    books.customer("B", BillAddr=address("NV", "89101"))
    books.customer("C", BillAddr=address("NV", "89101"), ShipAddr=address("WA", "98101"))
    books.invoice("1", 1, "01-01", ShipAddr=ship, BillAddr=bill)
    books.invoice("2", 2, "01-01", ShipAddr={"Line1": "no place", "City": "Bend"}, BillAddr=bill)
    books.invoice("3", 4, "01-01", BillAddr={"Line1": "no place"})
    books.invoice("4", 8, "01-01", customer="B")
    books.invoice("5", 16, "01-01", customer="nobody")
    books.build()
    assert places(books) == [
        ("US-CA-943", D(2)), ("US-NV-891", D(8)), ("US-OR-977", D(1)), ("US-WA-981", D(4)), ("unknown", D(16)),
    ]  # fmt: skip
    assert places(books, "country") == [("US", D(15)), ("unknown", D(16))]
    assert concentration(books)[4] == pytest.approx(15 / 31)
    assert books.rows(
        "select revenue_share, rank from marts.revenue_by_region where region = 'unknown' limit 1"
    ) == [(None, None)]
    assert books.rows("select doc_id, region_source from core.sales_regions order by 1") == [
        ("1", "document_ship"), ("2", "document_bill"), ("3", "customer"), ("4", "customer"), ("5", "none"),
    ]  # fmt: skip


SPELLINGS = [
    (address("California", "94303", "United States"), "US-CA-943"),
    (address("ca", "94303-1234", "USA"), "US-CA-943"),
    (address("CA", "94303", "U.S.A."), "US-CA-943"),
    (address("Québec", "h2x 1y4", "Canada"), "CA-QC-H2X"),
    (address(None, "M1 1AA", "UK"), "GB-M1"),
    (address(None, "SW1A1AA", "GBR"), "GB-SW1"),
    (address("Bayern", "80331", "Deutschland"), "DE-BAYERN-803"),
    (address(None, None, "Ruritania"), "RURITANIA"),
    ({"Line1": "Diego", "Line2": "321 Channing", "Line3": "Palo Alto, CA  94303"}, "US-CA-943"),
    ({"Line1": "Ann", "Line2": "Kingston ON K7L 3N6", "Country": "CAN"}, "CA-ON-K7L"),
    ({"Line1": "Ann", "Line2": "1234 Oak St", "City": "Bend"}, "unknown"),
]


def test_spellings_of_one_place_are_one_region(books):
    """Spellings of one place are one region."""
    books.put("CompanyInfo", "1", Country="USA")
    for id, (said, _) in enumerate(SPELLINGS):
        books.invoice(str(id), 1, "01-01", BillAddr=said)
    books.build()
    found = Counter({region: int(amount) for region, amount in places(books)})
    assert found == Counter(region for _, region in SPELLINGS)


def test_region_that_gave_back_more_than_it_bought_has_no_share(books):
    """A region that gave back more than it bought has a share of zero."""
    books.invoice("1", 100, "01-01", ShipAddr=address("CA", country="US"))
    books.credit_memo("2", 40, "01-01", ShipAddr=address("OR", country="US"))
    books.build()
    assert books.rows("""
        select region, net_revenue, revenue_share from marts.revenue_by_region where level = 'state' and period = 'all'
        order by rank
    """) == [("US-CA", D(100), 1.0), ("US-OR", D(-40), 0.0)]
    assert concentration(books)[0] == 10000.0


def test_last_365_days_of_regions_and_items(books):
    """On 31 December, the last 365 days of regions and items begin on 1 January."""
    books.put("Item", "I", Name="Hour")
    sale(books, "Invoice", "1", "2025-12-31", 5, item(5), ShipAddr=address("CA", country="US"))
    sale(books, "Invoice", "2", "01-01", 7, item(7), ShipAddr=address("CA", country="US"))
    books.build("12-31")
    for mart in ("revenue_by_region where level = 'state'", "item_profitability where level = 'item'"):
        rows = books.rows(f"select period, net_revenue from marts.{mart} order by 1")
        assert rows == [("365d", D(7)), ("all", D(12))]


def test_three_at_fifty_less_ten_percent_at_a_cost_of_twenty(books):
    """Three at 50 less 10%, at a cost of 20 each, have a net of 135, a cost of 60 and a margin of 75, or 55.6%."""
    books.put("Item", "9", Name="Work", Type="Category", FullyQualifiedName="Work")
    books.put("Item", "I", Name="Hour", FullyQualifiedName="Work:Hour", Type="Service", PurchaseCost=20,
              ParentRef={"value": "9"}, SubItem=True)  # fmt: skip
    sale(books, "Invoice", "1", "01-01", 135, item(150, quantity=3), subtotal(150), discount(15))
    books.build()
    assert books.rows("""
        select level, group_id, item_id, name, quantity, gross_sales, discounts, net_revenue, cost, gross_margin,
            round(margin_rate, 3), known_cost_ratio, cost_basis, total_revenue_ratio
        from marts.item_profitability where period = 'all' order by level
    """) == [
        (level, *names, D(3), D(150), D(15), D(135), D(60), D(75), 0.556, 1.0, "purchase_cost_snapshot", 1.0)
        for level, *names in [
            ("category", "9", None, "Work"), ("item", "I", "I", "Work:Hour"), ("type", "Service", None, "Service"),
        ]
    ]  # fmt: skip


def test_margin_covers_what_has_a_cost(books):
    """A type's margin of 60% covers the item whose cost is known, which is a quarter of the revenue."""
    books.put("Item", "A", Name="A", Type="Inventory", PurchaseCost=40)
    books.put("Item", "B", Name="B", Type="Inventory")
    sale(books, "Invoice", "1", "01-01", 400, item(100, "A", quantity=1), item(300, "B", quantity=1))
    books.build()
    assert books.row("""
        select gross_margin, margin_rate, known_cost_ratio, cost_basis, item_count from marts.item_profitability
        where level = 'type' and period = 'all'
    """) == (D(60), 0.6, 0.25, "purchase_cost_snapshot", 2)
    assert books.row("""
        select gross_margin, margin_rate, cost, cost_basis from marts.item_profitability
        where level = 'item' and period = 'all' and item_id = 'B'
    """) == (None, None, None, "none")


def test_costs_of_several_sources_are_mixed(books):
    """Sales before and on the day an item was saved have costs of mixed sources; without quantity there is none."""
    books.put("Item", "I", Name="Part", PurchaseCost=20)
    sale(books, "Invoice", "1", "2025-12-31", 50, item(50, quantity=1))
    sale(books, "Invoice", "2", "01-01", 50, item(50, quantity=1))
    sale(books, "Invoice", "3", "01-01", 50, item(50, "J"))
    books.put("Item", "J", Name="Fee", PurchaseCost=20)
    books.build()
    assert books.rows("""
        select item_id, cost, cost_basis from marts.item_profitability
        where level = 'item' and period = 'all' order by 1
    """) == [("I", D(40), "mixed"), ("J", None, "none")]


def test_margin_percentage_needs_positive_revenue(books):
    """A margin percentage is null if the revenue is negative."""
    books.put("Item", "I", Name="Part", PurchaseCost=20)
    sale(books, "CreditMemo", "1", "01-01", 50, item(50, quantity=1))
    books.build()
    assert books.row("""
        select quantity, net_revenue, cost, gross_margin, margin_rate from marts.item_profitability
        where level = 'item' and period = 'all'
    """) == (D(-1), D(-50), D(-20), D(-30), None)


def costs(books):
    return books.rows("select txn_date, cost_home, cost_basis from core.sales_lines order by 1")


def test_cost_is_the_items_on_the_day_of_sale(books):
    """A sale's cost is the item's on the day of sale, and later edits leave earlier sales alone."""
    books.put("Item", "I", Name="Part", PurchaseCost=20)
    for id, date in enumerate(["2025-12-31", "01-01", "01-31", "02-01", "03-02", "03-03"]):
        sale(books, "Invoice", str(id), date, 50, item(50, quantity=1))
    books.build()
    assert {(cost, basis) for _, cost, basis in costs(books)[1:]} == {(D(20), "purchase_cost_snapshot")}
    books.minute = 31 * DAY_MINUTES
    books.put("Item", "I", Name="Part", PurchaseCost=30)
    books.minute = 32 * DAY_MINUTES  # another name, the same cost
    books.put("Item", "I", Name="Spare part", PurchaseCost=30)
    books.minute = 61 * DAY_MINUTES
    books.put("Item", "I", Name="Part", PurchaseCost=0)
    books.build()
    assert costs(books) == [
        (day("2025-12-31"), D(20), "purchase_cost"),
        (day("01-01"), D(20), "purchase_cost_snapshot"),
        (day("01-31"), D(20), "purchase_cost_snapshot"),
        (day("02-01"), D(30), "purchase_cost_snapshot"),
        (day("03-02"), D(30), "purchase_cost_snapshot"),
        (day("03-03"), None, "none"),
    ]


def test_cost_entered_later_counts_for_what_was_sold_before(books):
    """Sales before the first cost on record take that cost, and its source says so."""
    books.put("Item", "I", Name="Part")
    sale(books, "Invoice", "1", "01-01", 50, item(50, quantity=1))
    books.minute = 31 * DAY_MINUTES
    books.put("Item", "I", Name="Part", PurchaseCost=30)
    books.build()
    assert costs(books) == [(day("01-01"), D(30), "purchase_cost")]


def months(books, columns):
    return books.rows(f"select month, {columns} from marts.revenue_by_month order by month")


def test_months_without_sales_are_there(books):
    """Months with sales, without any and with only refunds have a row, and a month begun is not complete."""
    books.customer()
    sale(books, "Invoice", "1", "01-05", 108, item(110), discount(10), tax=8)
    sale(books, "SalesReceipt", "2", "01-20", 50, item(50))
    sale(books, "CreditMemo", "3", "03-05", 30, item(30))
    sale(books, "Invoice", "4", "05-01", 999, item(999))
    books.build("04-10")
    columns = (
        "gross_sales, discounts, refunds, net_revenue, invoiced_revenue, receipt_revenue, orders, is_complete"
    )
    assert months(books, columns) == [
        (day("01-01"), D(160), D(10), D(0), D(150), D(100), D(50), 2, True),
        (day("02-01"), D(0), D(0), D(0), D(0), D(0), D(0), 0, True),
        (day("03-01"), D(0), D(0), D(30), D(-30), D(0), D(0), 0, True),
        (day("04-01"), D(0), D(0), D(0), D(0), D(0), D(0), 0, False),
    ]


def test_customers_of_a_month_and_new_ones(books):
    """A month counts each customer once, and a customer as new only in the month of the first order."""
    for id, (date, customer) in enumerate([("01-05", "A"), ("02-05", "A"), ("02-06", "A"), ("02-07", "B")]):
        sale(books, "Invoice", str(id), date, 10, item(10), customer=customer)
    books.build("02-28")
    assert months(books, "orders, customers, new_customers, is_complete") == [
        (day("01-01"), 1, 1, 1, True), (day("02-01"), 3, 2, 1, True),
    ]  # fmt: skip


def test_a_receipt_without_a_customer_is_an_order_of_nobody(books):
    """A sales receipt without a customer is an order and counts no customer."""
    line = item(10)
    books.put("SalesReceipt", "1", TxnDate=day("01-05"), TotalAmt=10, Line=[line])
    books.build("01-31")
    assert months(books, "net_revenue, orders, customers, new_customers") == [(day("01-01"), D(10), 1, 0, 0)]


def test_growth_compares_complete_months_with_last_year(books):
    """Growth compares a complete month with the same one a year before and is null for an incomplete month."""
    for id, (date, amount) in enumerate(
        [("2025-01-05", 100), ("2025-02-05", 50), ("01-05", 120), ("02-05", 60)]
    ):
        sale(books, "Invoice", str(id), date, amount, item(amount))
    books.build("02-27")
    found = months(books, "prior_year_revenue, growth")
    assert found[0] == (day("2025-01-01"), None, None)
    assert found[-2:] == [(day("01-01"), D(100), pytest.approx(0.2)), (day("02-01"), D(50), None)]


@pytest.mark.parametrize(("first", "is_complete"), [("01-20", False), ("01-03", True)])
def test_a_first_month_that_began_late_is_not_complete(books, first, is_complete):
    """A first month is not complete if it began later than the usual gap between two sales."""
    date = day(first)
    while date < day("04-01"):
        sale(books, "Invoice", str(date), str(date), 10, item(10))
        date += datetime.timedelta(3)
    books.build("03-31")
    assert [row[1] for row in months(books, "is_complete")] == [is_complete, True, True]


def test_companies_do_not_mix(books):
    """Two companies whose items, customers and documents share their ids share nothing else."""
    for realm, cost, amount, state in [("1", 20, 100, "CA"), ("2", 30, 700, "OR")]:
        books.realm_id = realm
        books.realms.add(realm)
        books.put("Item", "I", Name=f"Item of {realm}", PurchaseCost=cost)
        books.customer("C", ShipAddr=address(state, country="US"))
        sale(books, "Invoice", "1", "01-05", amount, item(amount, quantity=1))
    books.build("01-31")
    assert books.rows("""
        select month.realm_id, month.net_revenue, new_customers, item.name, item.cost,
            item.total_revenue_ratio, region, region.revenue_share
        from marts.revenue_by_month as month
        join marts.item_profitability as item using (realm_id)
        join marts.revenue_by_region as region using (realm_id)
        where item.level = 'item' and item.period = 'all' and region.level = 'state' and region.period = 'all'
        order by 1
    """) == [
        ("1", D(100), 1, "Item of 1", D(20), 1.0, "US-CA", 1.0),
        ("2", D(700), 1, "Item of 2", D(30), 1.0, "US-OR", 1.0),
    ]


def test_margin_of_a_month(books):
    """A month's margin covers only the lines with a known cost and states their share of revenue."""
    books.put("Item", "A", Name="A", PurchaseCost=40)
    sale(books, "Invoice", "1", "01-05", 400, item(100, "A", quantity=1), item(300, "B", quantity=1))
    books.build("01-31")
    assert months(books, "cost, gross_margin, known_cost_ratio") == [(day("01-01"), D(40), D(60), 0.25)]


def random_sales(random):
    """Draws documents of all four kinds over two years: lines with quantities, discounts, tax, foreign currency."""
    states = ["CA", "OR", "WA", None]
    for id in range(40):
        lines = [
            (random.choice("AB-"), D(random.randrange(1, 20_000)).scaleb(-2), random.choice([None, 1, 2, 5]))
            for _ in range(random.randrange(1, 5))
        ]
        charged = sum(amount for _, amount, _ in lines)
        yield {
            "kind": random.choice(["Invoice", "Invoice", "SalesReceipt", "CreditMemo", "RefundReceipt"]),
            "id": str(id),
            "customer": random.choice("CDE"),
            "date": datetime.date(2025, 1, 1) + datetime.timedelta(random.randrange(700)),
            "lines": lines,
            "discount": (charged * random.choice([0, 0, D("0.1"), D("0.333")])).quantize(CENT),
            "tax": random.choice([D(0), D("3.17")]),
            "rate": random.choice([D(1), D(1), D("1.25")]),
            "state": random.choice(states),
            "code": random.choice(["941", "970", None]),
        }


MARTS = {"customer_value", "item_profitability", "revenue_by_month", "revenue_by_region", "revenue_forecast"}


@pytest.fixture(scope="module")
def written(empty_warehouse, tmp_path_factory):
    """Draws random sales by their seed, and builds the books from those up to a day."""

    @cache
    def write(seed, until=datetime.date.max, as_of=TODAY):
        books = Books(shutil.copy(empty_warehouse, tmp_path_factory.mktemp("sales")))
        sales = [one for one in random_sales(Random(seed)) if one["date"] <= until]
        for id in "CDE":
            books.customer(id)
        books.put("Item", "A", Name="A", Type="Inventory", PurchaseCost=7)
        books.put("Item", "B", Name="B", Type="Service")
        for one in sales:
            lines = [item(amount, id, quantity=quantity) for id, amount, quantity in one["lines"]]
            total = sum(amount for _, amount, _ in one["lines"]) - one["discount"] + one["tax"]
            ship = {"ShipAddr": address(one["state"], one["code"], "US" if one["state"] else None)}
            sale(
                books, one["kind"], one["id"], str(one["date"]), total, *lines, discount(one["discount"]),
                customer=one["customer"], tax=one["tax"], ExchangeRate=one["rate"], **ship,
            )  # fmt: skip
        books.build(str(as_of), at_once=[f"marts.{name}" for name in MARTS])
        return sales, books

    return write


def home_lines(one):
    """Net amounts of a document's lines in home currency, with the discount shared by largest remainder."""
    charged = sum(amount for _, amount, _ in one["lines"])
    exact = [one["discount"] * 100 * amount / charged for _, amount, _ in one["lines"]]
    cents = [int(share) for share in exact]
    order = sorted(range(len(exact)), key=lambda at: (cents[at] - exact[at], at))
    for at in order[: int(one["discount"] * 100) - sum(cents)]:
        cents[at] += 1
    sign = 1 if one["kind"] in ("Invoice", "SalesReceipt") else -1
    return [
        (id, sign * ((amount - D(cent) / 100) * one["rate"]).quantize(CENT, ROUND_HALF_UP), quantity, sign)
        for (id, amount, quantity), cent in zip(one["lines"], cents, strict=True)
    ]


@QUICK
@given(seed=SEEDS)
def test_revenue_by_a_second_route(written, seed):
    """Revenue by month, item and state equals a sum over the documents in plain Python."""
    sales, books = written(seed)
    by_month, by_item, by_state, cost = (defaultdict(D) for _ in range(4))
    for one in sales:
        if one["date"] > TODAY:
            continue
        for id, net, quantity, sign in home_lines(one):
            by_month[one["date"].replace(day=1)] += net
            by_item[id] += net
            place = f"US-{one['state']}" if one["state"] else "unknown" if not one["code"] else "code alone"
            by_state[place] += net
            if id == "A" and quantity:
                cost["A"] += sign * quantity * 7
    found = {month: net for month, net in months(books, "net_revenue") if net}
    assert found == {month: net for month, net in by_month.items() if net}
    items = books.rows("""
        select coalesce(item_id, '-'), net_revenue, cost from marts.item_profitability
        where level = 'item' and period = 'all'
    """)
    assert {id: net for id, net, _ in items} == by_item
    assert {id: cost for id, _, cost in items if cost is not None} == cost
    states = dict(
        books.rows("""
        select region, net_revenue from marts.revenue_by_region where level = 'state' and period = 'all'
    """)
    )
    assert states == {place: net for place, net in by_state.items() if place != "code alone"} | (
        {"unknown": by_state["unknown"] + by_state["code alone"]} if "code alone" in by_state else {}
    )
    total = sum(by_month.values())
    assert books.value("select sum(net_revenue) from marts.revenue_by_month") == total
    assert books.rows("select sum(net_revenue) from marts.customer_value group by level") == [(total,)] * 2
    for table in ("revenue_by_region", "item_profitability"):
        assert {total} == {
            net
            for (net,) in books.rows(
                f"select sum(net_revenue) from marts.{table} where period = 'all' group by level"
            )
        }


@QUICK
@given(seed=SEEDS)
def test_nothing_dated_later_leaks_in(written, seed):
    """Books that end on 30 June give the same rows as longer books that are built as of 30 June."""
    then = datetime.date(2026, 6, 30)
    sales, truncated = written(seed, until=then, as_of=then)
    going_on, whole = written(seed, as_of=then)
    assert len(sales) < len(going_on)
    for table in MARTS - {"customer_value"}:
        rows = truncated.rows(f"from marts.{table} order by all")
        assert rows == whole.rows(f"from marts.{table} order by all"), table
        assert rows, table


@QUICK
@given(seed=SEEDS)
def test_lines_are_totals_less_tax(written, seed):
    """Each document's lines add up to its total less tax, to the cent, in the document's own currency."""
    sales, books = written(seed)
    net = dict(books.rows("select doc_id, sum(net_amount) from core.sales_lines group by 1"))
    assert net == {
        one["id"]: (1 if one["kind"] in ("Invoice", "SalesReceipt") else -1)
        * (sum(amount for _, amount, _ in one["lines"]) - one["discount"])
        for one in sales
    }


def herfindahl(amounts):
    positive = [amount for amount in amounts if amount > 0]
    return sum((100 * float(amount / sum(positive))) ** 2 for amount in positive) or None


def indices(books):
    return dict(books.rows("select distinct level, hhi from marts.revenue_by_region where period = 'all'"))


@QUICK
@given(seed=SEEDS)
def test_concentration_has_its_bounds(written, seed):
    """Concentration lies between 10,000 / n and 10,000 at each level, whatever was given back."""
    _, books = written(seed)
    for level, hhi in indices(books).items():
        amounts = [amount for region, amount in places(books, level) if region != "unknown"]
        assert hhi == pytest.approx(herfindahl(amounts))
        count = sum(amount > 0 for amount in amounts)
        assert hhi is None or 10000 / count - 1e-6 <= hhi <= 10000 + 1e-6


@QUICK
@given(seed=SEEDS)
def test_merging_regions_never_lowers_the_concentration(empty_warehouse, tmp_path_factory, seed):
    """Merging postal regions into states, states into a country or two states into one never lowers the index."""
    random = Random(seed)
    books = Books(shutil.copy(empty_warehouse, tmp_path_factory.mktemp("regions")))
    sold = [(str(id), random.randrange(1, 1000), f"S{random.randrange(4)}", str(random.randrange(3)) * 5)
            for id in range(10)]  # fmt: skip
    for id, amount, state, code in sold:
        books.invoice(id, amount, "01-01", ShipAddr=address(state, code, "US"))
    books.build()
    before = indices(books)
    assert before["postal"] <= before["state"] + 1e-6 <= before["country"] + 2e-6 == 10000.000002
    one, other = sorted({state for _, _, state, _ in sold})[:2]
    for id, amount, state, code in sold:
        if state == other:
            books.invoice(id, amount, "01-01", ShipAddr=address(one, code, "US"))
    books.build()
    after = indices(books)
    assert after["state"] > before["state"]
    assert after["postal"] >= before["postal"] - 1e-6
