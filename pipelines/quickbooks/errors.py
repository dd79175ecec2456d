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

RETRYABLE_CODES = frozenset({"10000", "6002", "7001"})
THROTTLE_CODES = frozenset({"3001", "003001"})
AUTHENTICATION_CODES = frozenset({"3200", "003200", "100", "110"})

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
    """Root of the tree; its text is a sentence for the person who asked."""


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
    """A request to QuickBooks that brought no answer we can use."""

    def __init__(
        self,
        problem: str,
        *,
        realm_id: str,
        request: str,
        http_status: int | None = None,
        intuit_tid: str | None = None,
        advice: str = "",
    ) -> None:
        self.problem = problem
        self.realm_id = realm_id
        self.request = request
        self.http_status = http_status
        self.intuit_tid = intuit_tid
        self.advice = advice
        super().__init__(self._sentence())

    def _sentence(self) -> str:
        http = f"HTTP {self.http_status}, " if self.http_status else ""
        trace = f"{http}intuit_tid {self.intuit_tid or 'none'}"
        return f"Company {self.realm_id}, {self.request}: {self.problem} ({trace}). {self.advice}".rstrip()


class QuickBooksFault(RequestFailed):
    """QuickBooks answered with a fault: `code` is its number as text, `element` the field it names."""

    def __init__(
        self,
        *,
        code: str,
        type: str,
        message: str,
        detail: str,
        element: str | None,
        http_status: int,
        intuit_tid: str | None,
        request: str,
        realm_id: str,
    ) -> None:
        self.code = code
        self.type = type
        self.message = message
        self.detail = detail
        self.element = element
        said = f"{message}: {detail}" if detail and detail != message else message
        named = f" on {element}" if element else ""
        super().__init__(
            f"fault {code or 'without a code'}{named}, {said.rstrip('. ') or type}",
            realm_id=realm_id,
            request=request,
            http_status=http_status,
            intuit_tid=intuit_tid,
            advice=ADVICE.get(code, ADVICE["10000"] if http_status >= 500 else REFUSED),
        )

    @property
    def is_authentication(self) -> bool:
        """The access token is refused; a new one may help."""
        return self.code in AUTHENTICATION_CODES or (self.http_status == 401 and self.code != "120")

    @property
    def is_throttle(self) -> bool:
        """Too many requests, whatever the HTTP status says (old gateways sent 403)."""
        return self.http_status == 429 or self.code in THROTTLE_CODES or "ThrottleExceeded" in self.message

    @property
    def is_transient(self) -> bool:
        """The same request may succeed a little later."""
        return self.is_throttle or self.is_retryable

    @property
    def is_retryable(self) -> bool:
        """The server failed on its side."""
        return (self.http_status or 0) >= 500 or self.code in RETRYABLE_CODES or self.type == "SystemFault"


class Throttled(RequestFailed):
    """QuickBooks asked us to slow down; `wait` is how many seconds it wants."""

    def __init__(self, problem: str, *, wait: float, **known: object) -> None:
        self.wait = wait
        super().__init__(
            problem,
            advice="Another app or run may be using up the company's limit: run again in a few minutes.",
            **known,  # type: ignore[arg-type]  # the keywords of RequestFailed, passed through
        )


class Unreachable(RequestFailed):
    """QuickBooks did not answer: no connection, no answer in time, or a server error without a fault."""

    def __init__(self, problem: str, **known: object) -> None:
        super().__init__(
            problem,
            advice="Check the network and https://status.developer.intuit.com, then run again.",
            **known,  # type: ignore[arg-type]  # the keywords of RequestFailed, passed through
        )


class UnreadableAnswer(RequestFailed):
    """An answer that is no JSON, is cut off, or lacks what was asked for."""
