"""Customers with their jobs, vendors and employees."""

from __future__ import annotations

from decimal import Decimal
from random import Random

from ..books.company import Company
from ..books.documents import Document
from .names import AWKWARD, FAMILY, GIVEN, JOBS, Firm, Names

CREDIT_LIMITS = (1_000, 2_500, 5_000, 10_000, 25_000)
TERMS = ("Due on receipt", "Net 15", "Net 30", "Net 30", "Net 60")


def seed_people(company: Company, rng: Random, customers: int, vendors: int, employees: int) -> None:
    """Customers in families up to three levels below the top, a few with names that break naive code."""
    awkward = list(AWKWARD)
    for number in range(customers):
        name = awkward.pop(0) if number % 4 == 1 and awkward else ""
        add_customer(company, rng, name)
    for _ in range(vendors):
        add_vendor(company, rng)
    for number in range(employees):
        given, family = GIVEN[(7 * number) % len(GIVEN)], FAMILY[(11 * number + 3) % len(FAMILY)]
        body = {"GivenName": given, "FamilyName": family, "DisplayName": f"{given} {family} (staff)"}
        company.create("Employee", body | {"HiredDate": company.today()})


def add_customer(company: Company, rng: Random, name: str = "") -> Document:
    """A new customer, often with jobs below, in one of the company's currencies."""
    firm = names(company, rng).firm(name)
    currency = company.home
    if company.profile.multicurrency and rng.random() < 0.45:
        currency = rng.choice(company.profile.currencies)
    body = person(firm) | {
        "Taxable": rng.random() < 0.7,
        "ShipAddr": firm.address,
        "CurrencyRef": company.currency_ref(currency),
        "PreferredDeliveryMethod": rng.choice(["Email", "Print", "None"]),
        "CustomerTypeRef": {"value": company.roles[rng.choice(["type Residential", "type Commercial"])]},
    }
    if currency != company.home:
        body["DefaultTaxCodeRef"] = {"value": company.roles["tax Zero-rated"]}
    elif company.profile.multicurrency and rng.random() < 0.2:
        body["DefaultTaxCodeRef"] = {"value": company.roles["tax GST"]}
    if rng.random() < 0.85:
        term = company.roles[f"term {rng.choice(TERMS)}"]
        body["SalesTermRef"] = company.ref("Term", term)
    if rng.random() < 0.4:
        body["CreditLimit"] = Decimal(rng.choice(CREDIT_LIMITS))
    if rng.random() < 0.1:
        body["Notes"] = rng.choice(
            ("Prefers to be called after five.", "Dog in the yard.", "Key under the pot.")
        )
    customer = company.create("Customer", body)
    if rng.random() < 0.2:
        for job in rng.sample(JOBS, rng.choice([1, 2, 2, 3])):
            add_job(company, rng, customer, job, 1)
    return customer


def add_job(company: Company, rng: Random, parent: Document, name: str, level: int) -> None:
    """A job under a customer; its own name must be new to the company, and it may have jobs too."""
    title, number = name, 2
    while company.name_taken(title, None):
        title, number = f"{name} {number}", number + 1
    copied = {
        field: parent[field]
        for field in (
            "CompanyName",
            "BillAddr",
            "SalesTermRef",
            "PrimaryEmailAddr",
            "Taxable",
            "DefaultTaxCodeRef",
        )
        if field in parent
    }
    body = {
        "DisplayName": title,
        "ParentRef": {"value": parent["Id"]},
        "BillWithParent": level == 1 and rng.random() < 0.5,
    }
    job = company.create("Customer", copied | body)
    if level < 3 and rng.random() < 0.35:
        add_job(company, rng, job, rng.choice(JOBS), level + 1)


def add_vendor(company: Company, rng: Random) -> Document:
    firm = names(company, rng).firm()
    currency = company.home
    if company.profile.multicurrency and rng.random() < 0.2:
        currency = rng.choice(company.profile.currencies)
    body = person(firm) | {
        "AcctNum": str(rng.randint(10_000, 99_999)),
        "Vendor1099": rng.random() < 0.2,
        "CurrencyRef": company.currency_ref(currency),
    }
    if body["Vendor1099"]:
        body["TaxIdentifier"] = f"XXXXXX{rng.randint(1000, 9999)}"
        body |= {"BillRate": Decimal(85), "CostRate": Decimal(60)}
    if rng.random() < 0.8:
        body["TermRef"] = company.ref("Term", company.roles[f"term {rng.choice(['Net 15', 'Net 30'])}"])
    return company.create("Vendor", body)


def names(company: Company, rng: Random) -> Names:
    return Names(rng, company.profile.country, set(company.names))


def person(firm: Firm) -> Document:
    return {
        "GivenName": firm.given,
        "FamilyName": firm.family,
        "CompanyName": firm.name,
        "DisplayName": firm.name,
        "PrimaryPhone": {"FreeFormNumber": firm.phone},
        "PrimaryEmailAddr": {"Address": firm.email},
        "BillAddr": firm.address,
    }
