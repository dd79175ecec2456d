"""The tables of `ops`: what each run did, how fresh each entity is, and what happened in QuickBooks."""

from __future__ import annotations

from pipelines.base.kept_tables import KeptTable
from pipelines.quickbooks.meters import BESIDE, METERED

KINDS = METERED + BESIDE
REQUESTS = {
    "query": "queries",
    "cdc": "requests for changes (CDC, change data capture)",
    "batch": "batch requests",
    "report": "requests for reports",
    "read": "requests for single objects",
    "batch_item": "items of batch requests",
    "token": "requests for tokens",
}
REALM_ID = {"realm_id": ("varchar", "QuickBooks id of the company (realm).")}
RUNS = KeptTable(
    "ops.runs",
    "One row per run and company, failed runs too.",
    {
        "trigger": ("varchar", "What started the run: schedule, manual or test."),
        "step": ("varchar", "Last step that the run reached: extract, transform, check, publish or done."),
        "verdict": (
            "varchar",
            "How far a good run went: extracted, built, passed or published. Else: checks failed, failed, "
            "sign-in needed, interrupted, running or killed.",
        ),
        "error": ("varchar", "Why the run failed, in a sentence; null when it did not."),
        "versions": ("varchar", "Versions of the software that ran."),
        "intuit_tid": ("varchar", "Intuit's transaction id of the failed request, for Intuit's support."),
        "started_at": ("timestamptz", "Start of the run (UTC)."),
        "ended_at": ("timestamptz", "End of the run (UTC); null while it runs and after it was killed."),
        "exit_code": (
            "integer",
            "Exit code of the process for this company; null when the process was killed.",
        ),
        **{f"calls_{kind}": ("integer", f"Number of {REQUESTS[kind]} that the run sent.") for kind in KINDS},
        **REALM_ID,
        "run_id": ("varchar", "Id of the run: its start in UTC."),
    },
)
SYNC_STATUS = KeptTable(
    "ops.sync_status",
    "One row per company and entity: how fresh the copy is.",
    {
        "entity": ("varchar", "QuickBooks's name of the entity."),
        "state": (
            "varchar",
            "State of the entity's copy: synced, failed, not in this edition, or no longer offered. In the last case "
            "the company's plan had the entity once, and what was read stays as it was.",
        ),
        "error": ("varchar", "Why the entity is not synced, in QuickBooks's words; null when it is."),
        "cursor_at": ("timestamptz", "Latest LastUpdatedTime stored (UTC); null without rows."),
        "last_synced_at": ("timestamptz", "QuickBooks's clock at the last good visit (UTC)."),
        "live_rows": ("bigint", "Number of objects that the company has now, inactive ones too."),
        "deletions": ("bigint", "Number of objects known to be deleted."),
        "accuracy": ("double", "Sync accuracy at the last check, 0 to 1; null before the first."),
        **REALM_ID,
    },
)
ACTIVITY = KeptTable(
    "ops.activity",
    "One row per event: what happened in QuickBooks, as seen between two runs. Only ever added to.",
    {
        "event": (
            "varchar",
            "What happened: created, updated, past month changed, voided, deleted, payment received, applied, "
            "unapplied, became paid, reopened, renamed, merged, inactivated or reactivated.",
        ),
        "entity": ("varchar", "QuickBooks's name of the entity."),
        "doc_number": ("varchar", "Number of the document, or name of the list's object; null without one."),
        "field": (
            "varchar",
            "QuickBooks's name of the field that shows the event; null for created and deleted.",
        ),
        "before": ("varchar", "Value of the field before the event; null when unknown."),
        "after": (
            "varchar",
            "Value of the field after the event; for a merge, the id of the object that stayed.",
        ),
        "found_by": (
            "varchar",
            "How the event was found: changes (a version that was read), cdc (a tombstone) or read (asked for by id "
            "and not there).",
        ),
        "happened_at": (
            "timestamptz",
            "When the version that shows the event was last updated (UTC); of a deletion, when the object was deleted.",
        ),
        "past_month": (
            "date",
            "First day of the month of the transaction (of the earlier one, where it was moved), if that was over when "
            "the event happened and the event changes its figures; else null.",
        ),
        **REALM_ID,
        "id": ("varchar", "QuickBooks id of the object."),
        "run_id": ("varchar", "Run that found the event, as in ops.runs."),
    },
)
