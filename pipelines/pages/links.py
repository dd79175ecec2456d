"""Addresses that open an object in QuickBooks itself, after switching to its company."""

from __future__ import annotations

from urllib.parse import quote

PAGES = {
    "Account": "register?accountId=",
    "Bill": "bill?txnId=",
    "BillPayment": "billpayment?txnId=",
    "CreditMemo": "creditmemo?txnId=",
    "Customer": "customerdetail?nameId=",
    "Deposit": "deposit?txnId=",
    "Estimate": "estimate?txnId=",
    "Invoice": "invoice?txnId=",
    "JournalEntry": "journal?txnId=",
    "Payment": "recvpayment?txnId=",
    "Purchase": "expense?txnId=",
    "PurchaseOrder": "purchaseorder?txnId=",
    "RefundReceipt": "refundreceipt?txnId=",
    "SalesReceipt": "salesreceipt?txnId=",
    "Transfer": "transfer?txnId=",
    "Vendor": "vendordetail?nameId=",
    "VendorCredit": "vendorcredit?txnId=",
}
"""Intuit documents none of them; QuickBooks's own pages have had these names for years."""


def link(app_url: str | None, realm_id: str, entity: str, id: str) -> str | None:
    """The address of an object; None if it has no page, or if there is no `app_url`, as for an embedded company."""
    number = id.partition(" ")[0]
    if not app_url or entity not in PAGES or not number.isdigit():
        return None
    return f"{app_url}/app/login?pagereq={quote(PAGES[entity] + number)}&deeplinkcompanyid={realm_id}"
