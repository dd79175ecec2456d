"""What goes wrong with QuickBooks, and what to do about it.

    QuickBooksError
    ├── UnsafeAddress           an address that a token must not travel to
    ├── UnknownEntity           a name that QuickBooks has no entity for
    ├── SignInNeeded            QuickBooks does not accept the company's connection
    └── RequestFailed           a request was answered badly or not at all
        ├── QuickBooksFault     QuickBooks answered with a fault
        ├── Throttled           it asked us to slow down, more often than we waited for
        ├── Unreachable         it did not answer
        └── UnreadableAnswer    it answered with something that is no answer

A message says which company was asked what, what came back, its intuit_tid and what to do next.
Source of the codes: https://developer.intuit.com/app/developer/qbo/docs/develop/troubleshooting/error-codes
"""

from __future__ import annotations

from .exchange import Exchange

NOT_OFFERED_CODES = frozenset({"5020", "5030"})
"""The company's plan does not have what was asked for, or has it no more."""
TOO_MANY_OBJECTS = "10100"
"""With this item a batch would answer more than 1,000 objects; asked alone, page by page, it is answered."""
RETRYABLE_CODES = frozenset({"10000", "6002", "7001"})
THROTTLE_CODES = frozenset({"3001", "003001"})
AUTHENTICATION_CODES = frozenset({"3200", "003200", "100", "110"})
NO_ADMIN = "120"
"""The user who connected the company may not read it any more; a new token of theirs would not help."""

REFUSED = "Asking again would bring the same answer: the request itself is refused."
SIGN_IN = "Sign in again with `quickduck login`."
ADVICE = {
    "3200": SIGN_IN,
    "100": SIGN_IN,
    "110": SIGN_IN,
    "120": "The user who connected the company lost admin rights: sign in again as an admin of it.",
    "130": "QuickBooks moved the company to another cluster: run again in a few minutes.",
    "140": "QuickBooks has locked the company: run again later.",
    "150": "QuickBooks is maintaining the company: run again later.",
    "3100": "Keys, environment and company do not fit: development keys open sandbox companies only, and a "
    "company that disconnected the app has to sign in again (`quickduck login`).",
    "5020": "The signed-in user may not see this: sign in as an admin of the company.",
    "5030": "The company's edition of QuickBooks lacks this feature.",
    "6190": "The company's QuickBooks subscription has ended: renew it in QuickBooks.",
    "10000": "QuickBooks failed on its side: run again later; if it stays, give Intuit the intuit_tid.",
    "10200": "The company was reset in QuickBooks: copy it again into a new data folder.",
}


class QuickBooksError(Exception):
    """The root of the tree. Its text is a sentence for the person who runs the program."""


class UnsafeAddress(QuickBooksError):
    """An address is empty, ambiguous, or would carry a token in the clear."""


class UnknownEntity(QuickBooksError):
    """QuickBooks has no entity of that name."""


class SignInNeeded(QuickBooksError):
    """A company has no connection that QuickBooks accepts; `quickduck login` makes one."""

    def __init__(self, message: str, *, realm_id: str | None = None, intuit_tid: str | None = None) -> None:
        super().__init__(message)
        self.realm_id = realm_id
        self.intuit_tid = intuit_tid


class RequestFailed(QuickBooksError):
    """A request that brought no answer we can use; `exchange` is the request and how it was answered.

    `is_given_up`: it was sent again as often as it may be, and whoever asked for it must not begin anew.
    """

    def __init__(self, problem: str, exchange: Exchange, *, advice: str = "") -> None:
        self.problem = problem
        self.exchange = exchange
        self.is_given_up = False
        http = f"HTTP {exchange.status}, " if exchange.status else ""
        super().__init__(
            f"Company {exchange.realm_id}, {exchange.question}: {problem} "
            f"({http}intuit_tid {exchange.trace_id or 'none'}). {advice}".rstrip()
        )

    @property
    def intuit_tid(self) -> str | None:
        """What Intuit's support asks for."""
        return self.exchange.trace_id

    @property
    def is_throttle(self) -> bool:
        """QuickBooks wants silence for a while."""
        return False

    @property
    def is_transient(self) -> bool:
        """The same request may succeed a little later."""
        return True


class QuickBooksFault(RequestFailed):
    """QuickBooks answered with a fault: `code` is its number as text, `element` the field it names."""

    def __init__(
        self,
        exchange: Exchange,
        *,
        message: str,
        code: str = "",
        type: str = "",
        detail: str = "",
        element: str | None = None,
    ) -> None:
        self.code = code
        self.type = type
        self.message = message
        self.detail = detail
        self.element = element
        text = f"{message}: {detail}" if detail and detail != message else message
        field = f" on {element}" if element else ""
        failed_itself = (exchange.status or 0) >= 500
        super().__init__(
            f"fault {code or 'without a code'}{field}, {text.rstrip('. ') or type}",
            exchange,
            advice=ADVICE.get(code, ADVICE["10000"] if failed_itself else REFUSED),
        )

    @property
    def is_authentication(self) -> bool:
        """The access token is refused; a new one may help."""
        return self.code in AUTHENTICATION_CODES or (self.exchange.status == 401 and self.code != NO_ADMIN)

    @property
    def is_not_offered(self) -> bool:
        """The company's plan does not have what was asked for."""
        return self.code in NOT_OFFERED_CODES

    @property
    def is_throttle(self) -> bool:
        """Too many requests, whatever the HTTP status says (old gateways sent 403)."""
        return (
            self.exchange.status == 429 or self.code in THROTTLE_CODES or "ThrottleExceeded" in self.message
        )

    @property
    def is_transient(self) -> bool:
        """The server is busy, or failed on its side."""
        failed_itself = (self.exchange.status or 0) >= 500 or self.type == "SystemFault"
        return self.is_throttle or failed_itself or self.code in RETRYABLE_CODES


class Throttled(RequestFailed):
    """QuickBooks asked us to slow down; `retry_after` is how many seconds it wants, where it says so."""

    def __init__(self, problem: str, exchange: Exchange, *, retry_after: float | None = None) -> None:
        self.retry_after = retry_after
        super().__init__(
            problem,
            exchange,
            advice="Another app or run may be using up the company's limit: run again in a few minutes.",
        )

    @property
    def is_throttle(self) -> bool:
        """It is one by definition."""
        return True


class Unreachable(RequestFailed):
    """QuickBooks did not answer: no connection, no answer in time, or a server error without a fault."""

    def __init__(self, problem: str, exchange: Exchange) -> None:
        super().__init__(
            problem,
            exchange,
            advice="Check the network and https://status.developer.intuit.com, then run again.",
        )


class UnreadableAnswer(RequestFailed):
    """An answer that is no JSON, is cut off, or lacks what was asked for."""
