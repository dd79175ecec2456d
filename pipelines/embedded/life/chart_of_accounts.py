"""Charts of accounts."""

from __future__ import annotations

from typing import NamedTuple

from ..books.company import Company
from ..books.profile import LATER_ACCOUNT_IDS


class Line(NamedTuple):
    """An account; `role` is how the books find it, `parent` the role of the one above."""

    role: str
    name: str
    kind: str
    subtype: str
    parent: str = ""
    currency: str = ""


CLASSIFICATION = {
    "Bank": "Asset",
    "Accounts Receivable": "Asset",
    "Other Current Asset": "Asset",
    "Fixed Asset": "Asset",
    "Accounts Payable": "Liability",
    "Credit Card": "Liability",
    "Other Current Liability": "Liability",
    "Long Term Liability": "Liability",
    "Equity": "Equity",
    "Income": "Revenue",
    "Other Income": "Revenue",
    "Cost of Goods Sold": "Expense",
    "Expense": "Expense",
    "Other Expense": "Expense",
}

COMMON = (
    Line("checking", "Checking", "Bank", "Checking"),
    Line("savings", "Savings", "Bank", "Savings"),
    Line("receivable", "Accounts Receivable (A/R)", "Accounts Receivable", "AccountsReceivable"),
    Line("undeposited", "Undeposited Funds", "Other Current Asset", "UndepositedFunds"),
    Line("inventory", "Inventory Asset", "Other Current Asset", "Inventory"),
    Line("prepaid", "Prepaid Expenses", "Other Current Asset", "PrepaidExpenses"),
    Line("equipment", "Equipment", "Fixed Asset", "MachineryAndEquipment"),
    Line("depreciated", "Accumulated Depreciation", "Fixed Asset", "AccumulatedDepreciation", "equipment"),
    Line("payable", "Accounts Payable (A/P)", "Accounts Payable", "AccountsPayable"),
    Line("card", "Company Card", "Credit Card", "CreditCard"),
    Line("sales tax", "Sales Tax Payable", "Other Current Liability", "GlobalTaxPayable"),
    Line("payroll", "Payroll Liabilities", "Other Current Liability", "PayrollClearing"),
    Line("loan", "Bank Loan", "Long Term Liability", "NotesPayable"),
    Line("opening", "Opening Balance Equity", "Equity", "OpeningBalanceEquity"),
    Line("retained", "Retained Earnings", "Equity", "RetainedEarnings"),
    Line("services", "Services", "Income", "ServiceFeeIncome"),
    Line("design", "Design Income", "Income", "ServiceFeeIncome", "services"),
    Line("upkeep", "Maintenance Income", "Income", "ServiceFeeIncome", "services"),
    Line("products", "Sales of Product Income", "Income", "SalesOfProductIncome"),
    Line("discounts", "Discounts given", "Income", "DiscountsRefundsGiven"),
    Line("cogs", "Cost of Goods Sold", "Cost of Goods Sold", "SuppliesMaterialsCogs"),
    Line("shrinkage", "Inventory Shrinkage", "Cost of Goods Sold", "SuppliesMaterialsCogs"),
    Line("rent", "Rent or Lease", "Expense", "RentOrLeaseOfBuildings"),
    Line("utilities", "Utilities", "Expense", "Utilities"),
    Line("phone", "Telephone", "Expense", "Utilities", "utilities"),
    Line("office", "Office Supplies", "Expense", "OfficeGeneralAdministrativeExpenses"),
    Line("travel", "Travel & Meals", "Expense", "Travel"),
    Line("fuel", "Vehicle Fuel", "Expense", "Auto"),
    Line("subcontract", "Subcontractors", "Expense", "CostOfLabor"),
    Line("wages", "Wages", "Expense", "PayrollExpenses"),
    Line("bank fees", "Bank Charges & Fees", "Expense", "BankCharges"),
    Line("bad debt", "Bad Debts", "Expense", "BadDebts"),
    Line("depreciation", "Depreciation", "Other Expense", "Depreciation"),
    Line("interest", "Interest Earned", "Other Income", "InterestEarned"),
    Line("nsf", "Returned Cheque Fees", "Income", "OtherPrimaryIncome"),
)
FOREIGN = (
    Line("receivable {0}", "Accounts Receivable (A/R) - {0}", "Accounts Receivable", "AccountsReceivable"),
    Line("payable {0}", "Accounts Payable (A/P) - {0}", "Accounts Payable", "AccountsPayable"),
)
GAIN = Line("exchange gain", "Exchange Gain or Loss", "Other Expense", "ExchangeGainOrLoss")
DOLLARS = Line("checking USD", "USD Chequing", "Bank", "Checking", "", "USD")

# Added by the owner long after the company began: their ids are past 32 bits' usual comfort.
LATER = (
    Line("consulting", "Consulting Income", "Income", "ServiceFeeIncome"),
    Line("software", "Software & Subscriptions", "Expense", "OfficeGeneralAdministrativeExpenses"),
    Line("petty", "Petty Cash", "Bank", "CashOnHand"),
    Line("retainers", "Customer Retainers", "Other Current Liability", "OtherCurrentLiabilities"),
    Line("retention", "Retention Receivable", "Other Current Asset", "OtherCurrentAssets"),
    Line("till", "Cash in Till", "Bank", "CashOnHand"),
    Line("draw", "Owner's Draw", "Equity", "OwnersEquity"),
    Line("cards", "Card Settlements", "Other Current Asset", "OtherCurrentAssets"),
    Line("shipping", "Shipping Income", "Income", "OtherPrimaryIncome"),
    Line("deferred", "Deferred Revenue", "Other Current Liability", "DeferredRevenue"),
    Line("job materials", "Job Materials", "Cost of Goods Sold", "SuppliesMaterialsCogs"),
    Line("markup", "Markup", "Income", "OtherPrimaryIncome"),
)


def open_accounts(company: Company) -> None:
    """Creates the chart and files each account's id under its role."""
    for line in COMMON:
        add(company, line)
    for currency in company.profile.currencies:
        for line in FOREIGN:
            add(company, fill(line, currency))
    if company.profile.multicurrency:
        add(company, GAIN)
        add(company, DOLLARS)
    company.sequences["Account"] = LATER_ACCOUNT_IDS + 7
    for line in LATER:
        add(company, line)


def fill(line: Line, currency: str) -> Line:
    return line._replace(role=line.role.format(currency), name=line.name.format(currency), currency=currency)


def add(company: Company, line: Line) -> None:
    body = {
        "Name": line.name,
        "Classification": CLASSIFICATION[line.kind],
        "AccountType": line.kind,
        "AccountSubType": line.subtype,
        "CurrencyRef": company.currency_ref(line.currency or company.home),
    }
    if line.parent:
        body["ParentRef"] = {"value": company.roles[line.parent]}
    company.roles[line.role] = company.create("Account", body)["Id"]
