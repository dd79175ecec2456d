"""People's own lists in the data folder: contacts, what is known about them, campaigns, conversations.

See docs/contacts.md.

A list without a file is empty. A list that is not as described stops the run before it asks QuickBooks anything:
half a list would give wrong answers that look right.
"""

from __future__ import annotations

import csv
import datetime
import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import NamedTuple, NoReturn, TypedDict, TypeVar

from pipelines.base.errors import ConfigurationError
from transforms.engine.csv_inputs import (
    Campaign,
    CampaignContact,
    Contact,
    ContactOverride,
    Conversation,
)

CONTACTS = "contacts.csv"
OVERRIDES = "contact_overrides.csv"
CAMPAIGNS = "campaigns.csv"
CAMPAIGN_CONTACTS = "campaign_contacts.csv"
CONVERSATIONS = "conversations.csv"
FILES = (CONTACTS, OVERRIDES, CAMPAIGNS, CAMPAIGN_CONTACTS, CONVERSATIONS)

UNATTRIBUTED = "unattributed"
LARGEST = Decimal(10) ** 16
DIRECTIONS = {
    "out": "out",
    "outgoing": "out",
    "outbound": "out",
    "in": "in",
    "incoming": "in",
    "inbound": "in",
}
MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ]+(\d{1,2}:\d\d(?::\d\d)?).*)?")
YES, NO = ("yes", "true", "1"), ("no", "false", "0", "")

Row = TypeVar("Row")


class Lists(TypedDict, total=False):
    """The lists, under the names that `Inputs` has for them."""

    contacts: list[Contact]
    contact_overrides: list[ContactOverride]
    campaigns: list[Campaign]
    campaign_contacts: list[CampaignContact]
    conversations: list[Conversation]


class Line(NamedTuple):
    """One line of a file, with its fields by column."""

    file: Path
    number: int
    fields: dict[str, str]

    def get(self, column: str) -> str | None:
        """The field, or None if it is empty or the file has no such column."""
        return self.fields.get(column) or None

    def require(self, column: str) -> str:
        """The field; a line without it is refused."""
        value = self.get(column)
        if value is None:
            self.refuse(f"has no {column}", "Fill it in, or delete the line")
        return value

    def refuse(self, what: str, advice: str) -> NoReturn:
        raise ConfigurationError(f"{self.file}, line {self.number}, {what}. {advice}.")


def read(folder: Path) -> Lists:
    """The lists. Raises ConfigurationError, with file and line, if one is not as described."""
    lists = Lists(
        contacts=_rows(
            folder / CONTACTS, "id name phone email", "country", _contact, lambda row: row.contact_id
        ),
        contact_overrides=_rows(
            folder / OVERRIDES,
            "contact_id customer_id decision",
            "realm_id",
            _override,
            lambda row: (row.contact_id, row.customer_id, row.realm_id),
        ),
        campaigns=_rows(
            folder / CAMPAIGNS, "campaign_id name cost", "", _campaign, lambda row: row.campaign_id
        ),
        campaign_contacts=_rows(
            folder / CAMPAIGN_CONTACTS,
            "campaign_id contact_id touch_date",
            "held_out",
            _campaign_contact,
            lambda row: (row.campaign_id, row.contact_id, row.touch_date),
        ),
        conversations=_rows(
            folder / CONVERSATIONS,
            "number_or_address time direction channel",
            "",
            _conversation,
            lambda row: row.conversation_id,
        ),
    )
    _agree(folder, lists)
    return lists


def _contact(line: Line) -> Contact:
    return Contact(
        line.require("id"), line.get("name"), line.get("phone"), line.get("email"), line.get("country")
    )


def _override(line: Line) -> ContactOverride:
    decision = line.require("decision").lower()
    if decision not in ("confirm", "reject"):
        line.refuse(f"decides {decision!r}", "A decision is confirm or reject")
    return ContactOverride(
        line.require("contact_id"), line.require("customer_id"), line.get("realm_id"), decision
    )


def _campaign(line: Line) -> Campaign:
    if line.require("campaign_id") == UNATTRIBUTED:
        line.refuse(
            f"calls a campaign {UNATTRIBUTED}", "That is the row of what no campaign brought: use another"
        )
    return Campaign(line.require("campaign_id"), line.get("name"), _cost(line))


def _cost(line: Line) -> Decimal:
    text = line.require("cost")
    try:
        cost = Decimal(text)
    except InvalidOperation:
        cost = Decimal("NaN")
    if not cost.is_finite() or not 0 <= cost < LARGEST or cost != round(cost, 2):
        line.refuse(
            f"has a cost of {text!r}", "Write a sum of money such as 1250.00, without signs or commas"
        )
    return cost


def _campaign_contact(line: Line) -> CampaignContact:
    text = line.require("touch_date")
    try:
        touched = datetime.datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        line.refuse(f"has the touch_date {text!r}", "Write a date such as 2026-03-31")
    held_out = (line.get("held_out") or "").lower()
    if held_out not in YES + NO:
        line.refuse(f"has {held_out!r} as held_out", "Write yes or no; empty is no")
    return CampaignContact(line.require("campaign_id"), line.require("contact_id"), touched, held_out in YES)


def _conversation(line: Line) -> Conversation:
    text = line.require("time")
    said = MOMENT.fullmatch(text)
    try:
        day = datetime.date.fromisoformat(said[1] if said else "")
    except ValueError:
        line.refuse(
            f"has the time {text!r}", "Write a date, with a time or without, such as 2026-03-31 14:05"
        )
    direction = DIRECTIONS.get(line.require("direction").lower())
    if direction is None:
        line.refuse(f"has the direction {line.get('direction')!r}", f"Write one of {', '.join(DIRECTIONS)}")
    return Conversation(
        str(line.number - 1),
        line.require("number_or_address"),
        day,
        said[2] if said else None,
        direction,
        line.require("channel").lower(),
    )


def _rows(
    file: Path, required: str, optional: str, make: Callable[[Line], Row], key: Callable[[Row], object]
) -> list[Row]:
    """Gives one row per line and refuses a second line with the same key."""
    rows: list[Row] = []
    seen: dict[object, int] = {}
    for line in _lines(file, required.split(), optional.split()):
        row = make(line)
        first = seen.setdefault(key(row), line.number)
        if first != line.number:
            line.refuse(f"says again what line {first} says of the same", "Delete one of the two")
        rows.append(row)
    return rows


def _lines(file: Path, required: Sequence[str], optional: Sequence[str]) -> Iterator[Line]:
    """The lines below the head, without empty ones and without columns that have no meaning here."""
    if not file.exists():
        return
    columns: list[str] = []
    for number, fields in _records(file):
        values = [field.strip() for field in fields]
        if not any(values):
            continue
        if not columns:
            columns = [value.lower() for value in values]
            _check_head(file, columns, required, optional)
        elif len(values) != len(columns):
            raise ConfigurationError(
                f"{file}, line {number}, has {len(values)} fields, but the first line names {len(columns)} columns. "
                "Put a field that holds commas between double quotes, and end each quote."
            )
        else:
            yield Line(file, number, dict(zip(columns, values, strict=True)))
    if not columns:
        raise ConfigurationError(
            f"{file} is empty. Its first line names the columns: {', '.join([*required, *optional])}. "
            "Write it, or delete the file."
        )


def _records(file: Path) -> Iterator[tuple[int, list[str]]]:
    """The records of a CSV file, each with the number of the line it begins in."""
    begins = 1
    try:
        with file.open(encoding="utf-8-sig", newline="") as text:
            reader = csv.reader(text, strict=True)
            for fields in reader:
                yield begins, fields
                begins = reader.line_num + 1
    except UnicodeDecodeError:
        raise ConfigurationError(f"{file} is no UTF-8 text. Save it as CSV UTF-8.") from None
    except csv.Error as error:
        raise ConfigurationError(
            f"{file}, line {begins}, is no CSV ({error}). Put a field that holds commas or quotes between double "
            "quotes, and double the quotes in it."
        ) from None


def _check_head(file: Path, columns: Sequence[str], required: Sequence[str], optional: Sequence[str]) -> None:
    """Raises ConfigurationError unless the first line names every required column, and each expected one once."""
    expected = [*required, *optional]
    lacking = [column for column in required if column not in columns]
    if lacking and len(columns) == 1 and ";" in columns[0]:
        raise ConfigurationError(
            f"{file} is separated by semicolons. Save it with commas; its first line names {', '.join(expected)}."
        )
    if lacking:
        raise ConfigurationError(
            f"{file} has no column {', '.join(lacking)}: its first line is {','.join(columns)}. "
            f"That line names {', '.join(expected)}, with commas between them."
        )
    if twice := sorted({column for column in columns if column in expected and columns.count(column) > 1}):
        raise ConfigurationError(f"{file} has two columns {', '.join(twice)}. Delete or rename one of each.")


def _agree(folder: Path, lists: Lists) -> None:
    """Raises ConfigurationError for a contact of no listed campaign, or one both reached by it and held out."""
    campaign_ids = {campaign.campaign_id for campaign in lists["campaigns"]}
    held_out: dict[tuple[str, str], bool] = {}
    for touch in lists["campaign_contacts"]:
        if touch.campaign_id not in campaign_ids:
            raise ConfigurationError(
                f"{folder / CAMPAIGN_CONTACTS} names campaign {touch.campaign_id}, which {folder / CAMPAIGNS} does "
                "not. Add it there with its cost."
            )
        pair = (touch.campaign_id, touch.contact_id)
        if held_out.setdefault(pair, touch.is_held_out) != touch.is_held_out:
            raise ConfigurationError(
                f"{folder / CAMPAIGN_CONTACTS} says that campaign {touch.campaign_id} both reached contact "
                f"{touch.contact_id} and held it out. Delete the lines that are wrong."
            )
