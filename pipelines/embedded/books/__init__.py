"""The ground on the accounting side: what is stored, the ledger over it, and the edits QuickBooks allows."""
