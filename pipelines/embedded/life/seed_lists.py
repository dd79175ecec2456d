"""The lists a company starts with: terms, taxes, methods, classes, staff, its own facts and preferences."""

from __future__ import annotations

from decimal import Decimal

from ..books.company import Company
from ..books.documents import Document

TERMS = (("Due on receipt", 0), ("Net 15", 15), ("Net 30", 30), ("Net 60", 60))
METHODS = (
    ("Cash", "NON_CREDIT_CARD"),
    ("Check", "NON_CREDIT_CARD"),
    ("Visa", "CREDIT_CARD"),
    ("Bank Transfer", "NON_CREDIT_CARD"),
)
SALES_REP = {"DefinitionId": "1", "Name": "Sales Rep", "Type": "StringType"}
CUSTOMER_TYPES = ("Residential", "Commercial", "Public")
# Tax codes by country: name, rates as (agency, rate name, percent).
TAXES = {
    "US": (
        (
            "California",
            (("State Board of Equalization", "State", "7.25"), ("County Tax Office", "District", "1.125")),
        ),
    ),
    "CA": (
        ("HST ON", (("Canada Revenue Agency", "HST 13%", "13"),)),
        ("GST", (("Canada Revenue Agency", "GST 5%", "5"),)),
        ("Zero-rated", (("Canada Revenue Agency", "Zero 0%", "0"),)),
    ),
}


def seed_lists(company: Company) -> None:
    for name, days in TERMS:
        term = {"Name": name, "Type": "STANDARD", "DueDays": days, "DiscountDays": 0, "DiscountPercent": 0}
        company.roles[f"term {name}"] = company.create("Term", term)["Id"]
    for name, kind in METHODS:
        company.roles[f"method {name}"] = company.create("PaymentMethod", {"Name": name, "Type": kind})["Id"]
    for name in CUSTOMER_TYPES:
        company.roles[f"type {name}"] = company.create("CustomerType", {"Name": name})["Id"]
    for code in company.profile.currencies:
        company.create("CompanyCurrency", {"Code": code, "Name": company.currency_ref(code)["name"]})
    seed_taxes(company)
    seed_classes(company)
    company.create("CompanyInfo", company_info(company))
    company.create("Preferences", preferences(company))


def seed_taxes(company: Company) -> None:
    agencies: dict[str, str] = {}
    for code, rates in TAXES[company.profile.country]:
        details = []
        for agency, name, percent in rates:
            if agency not in agencies:
                body = {"DisplayName": agency, "TaxTrackedOnPurchases": False, "TaxTrackedOnSales": True}
                agencies[agency] = company.create("TaxAgency", body)["Id"]
            rate = {
                "Name": name,
                "Description": name,
                "RateValue": Decimal(percent),
                "AgencyRef": {"value": agencies[agency]},
                "SpecialTaxType": "NONE",
                "DisplayType": "ReadOnly",
            }
            id = company.create("TaxRate", rate)["Id"]
            details.append(
                {"TaxRateRef": {"value": id, "name": name}, "TaxTypeApplicable": "TaxOnAmount", "TaxOrder": 0}
            )
        body = {
            "Name": code,
            "Description": code,
            "Taxable": True,
            "TaxGroup": True,
            "SalesTaxRateList": {"TaxRateDetail": details},
            "PurchaseTaxRateList": {"TaxRateDetail": []},
        }
        company.roles[f"tax {code}"] = company.create("TaxCode", body)["Id"]
    company.roles["tax code"] = company.roles[f"tax {TAXES[company.profile.country][0][0]}"]
    exempt = {"Name": "Exempt", "Description": "Exempt", "Taxable": False, "TaxGroup": False}
    empty: Document = {
        "SalesTaxRateList": {"TaxRateDetail": []},
        "PurchaseTaxRateList": {"TaxRateDetail": []},
    }
    company.roles["tax Exempt"] = company.create("TaxCode", exempt | empty)["Id"]
    company.roles["no tax"] = "NON" if company.profile.country == "US" else company.roles["tax Exempt"]


def seed_classes(company: Company) -> None:
    for entity, tree in (
        ("Class", {"Residential": ("New Build", "Repair"), "Commercial": ()}),
        ("Department", {"Main Street": (), "Harbour": ("Workshop",)}),
    ):
        if not company.supports(entity):
            continue
        for name, below in tree.items():
            id = company.create(entity, {"Name": name})["Id"]
            company.roles[f"{entity} {name}"] = id
            for child in below:
                body = {"Name": child, "ParentRef": {"value": id}}
                company.roles[f"{entity} {child}"] = company.create(entity, body)["Id"]


def company_info(company: Company) -> Document:
    place = {
        "Line1": "12 Foundry St",
        "City": "Ashland",
        "CountrySubDivisionCode": "OR",
        "PostalCode": "97520",
    }
    if company.profile.country == "CA":
        place = {
            "Line1": "40 King St",
            "City": "Kingston",
            "CountrySubDivisionCode": "ON",
            "PostalCode": "K7L 1A1",
        }
    names = {
        "NeoEnabled": "true",
        "SubscriptionStatus": "PAID",
        "OfferingSku": company.profile.sku,
        "PayrollFeature": "false",
        "AccountantFeature": "false",
    }
    return {
        "CompanyName": company.name,
        "LegalName": company.name,
        "CompanyAddr": {"Id": "1", **place},
        "LegalAddr": {"Id": "1", **place},
        "CustomerCommunicationAddr": {"Id": "1", **place},
        "PrimaryPhone": {"FreeFormNumber": "(555) 010-2030"},
        "CompanyStartDate": company.today(),
        "FiscalYearStartMonth": "January",
        "Country": {"US": "USA"}.get(company.profile.country, company.profile.country),
        "Email": {"Address": "books@company.example"},
        "WebAddr": {},
        "SupportedLanguages": "en",
        "DefaultTimeZone": company.profile.time_zone,
        "NameValue": [{"Name": name, "Value": value} for name, value in names.items()],
    }


def custom_field_prefs() -> list[Document]:
    """Which of the three custom fields of sales forms are in use, and their names."""
    used = [
        {
            "Name": f"SalesFormsPrefs.UseSalesCustom{number}",
            "Type": "BooleanType",
            "BooleanValue": number == 1,
        }
        for number in (3, 2, 1)
    ]
    name = {
        "Name": "SalesFormsPrefs.SalesCustomName1",
        "Type": "StringType",
        "StringValue": SALES_REP["Name"],
    }
    return [{"CustomField": used}, {"CustomField": [name]}]


def preferences(company: Company) -> Document:
    return {
        "AccountingInfoPrefs": {
            "FirstMonthOfFiscalYear": "January",
            "UseAccountNumbers": False,
            "ClassTrackingPerTxn": company.supports("Class"),
            "TrackDepartments": company.supports("Department"),
            "CustomerTerminology": "Customers",
        },
        "ProductAndServicesPrefs": {"ForSales": True, "ForPurchase": True, "QuantityOnHand": True},
        "SalesFormsPrefs": {
            "CustomTxnNumbers": False,
            "AllowDeposit": True,
            "AllowDiscount": True,
            "AllowEstimates": True,
            "AutoApplyCredit": False,
            "AutoApplyPayments": False,
            "DefaultTerms": {"value": company.roles["term Net 30"]},
            "CustomField": custom_field_prefs(),
        },
        "VendorAndPurchasesPrefs": {"BillableExpenseTracking": True, "TrackingByCustomer": True},
        "TimeTrackingPrefs": {"UseServices": True, "BillCustomers": True},
        "TaxPrefs": {"UsingSalesTax": True, "TaxGroupCodeRef": {"value": company.roles["tax code"]}},
        "CurrencyPrefs": {
            "MultiCurrencyEnabled": company.profile.multicurrency,
            "HomeCurrency": {"value": company.home},
        },
    }
