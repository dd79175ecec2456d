"""QuickBooks's faults: the code table and both envelopes."""

from __future__ import annotations

from typing import NamedTuple

from pendulum import DateTime

from .encoding import encode, stamp
from .messages import Answer


class Code(NamedTuple):
    """What a code always comes with."""

    status: int
    message: str
    type: str = "ValidationFault"


CODES: dict[str, Code] = {
    "100": Code(401, "General Authentication Error", "AuthenticationFault"),
    "120": Code(403, "Authorization Failure", "AuthorizationFault"),
    "130": Code(500, "Wrong Cluster", "SystemFault"),
    "140": Code(500, "Company Locked", "SystemFault"),
    "150": Code(503, "Company Under Maintenance", "SystemFault"),
    "500": Code(400, "Unsupported Operation"),
    "600": Code(400, "Duplicate Request ID"),
    "610": Code(400, "Object Not Found"),
    "1040": Code(400, "Batch Too Large"),
    "2010": Code(400, "Request has invalid or unsupported property"),
    "2020": Code(400, "Required param missing, need to supply the required value for the API"),
    "2030": Code(400, "Invalid ID"),
    "2060": Code(400, "Invalid Date Format"),
    "2500": Code(400, "Invalid Reference Id"),
    "3001": Code(429, "message=ThrottleExceeded; errorCode=003001; statusCode=429", "SERVICE"),
    "3100": Code(403, "message=ApplicationAuthorizationFailed; errorCode=003100; statusCode=403", "SERVICE"),
    "3200": Code(401, "message=AuthenticationFailed; errorCode=003200; statusCode=401", "AUTHENTICATION"),
    "4000": Code(400, "Error parsing query"),
    "4001": Code(400, "Invalid query"),
    "4002": Code(400, "Error processing query", "Service"),
    "5010": Code(400, "Stale Object Error"),
    "5020": Code(400, "Permission Denied Error"),
    "5030": Code(400, "Feature Not Supported Error"),
    "6000": Code(400, "A business validation error has occurred while processing your request"),
    "6190": Code(400, "Subscription period has ended or canceled"),
    "6240": Code(400, "Duplicate Name Exists Error"),
    "7001": Code(504, "message=GatewayTimeout; errorCode=007001; statusCode=504", "SERVICE"),
    "10000": Code(500, "An application error has occurred while processing your request", "SystemFault"),
    "10100": Code(400, "Result Set Big"),
}

NOT_FOUND = (
    "Object Not Found : Something you're trying to use has been made inactive. "
    "Check the fields with accounts, customers, items, vendors or employees."
)
THROTTLED = "The request limit was reached.  Try again later"

NO_CACHE = {
    "Cache-Control": "max-age=0, no-cache, no-store, must-revalidate, private",
    "Expires": "0",
}


class Fault(Exception):
    """An answer that says no; `element` None leaves the key out, as query faults do."""

    def __init__(
        self, code: str, detail: str, element: str | None = None, message: str | None = None
    ) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.element = element
        self.message = message or CODES[code].message

    @property
    def inside(self) -> dict[str, object]:
        """`{"Error": […], "type": …}`."""
        error = {"Message": self.message, "Detail": self.detail, "code": self.code}
        if self.element is not None:
            error["element"] = self.element
        return {"Error": [error], "type": CODES[self.code].type}

    def answer(self, now: DateTime, status: int | None = None) -> Answer:
        """The usual envelope."""
        body = encode({"Fault": self.inside, "time": stamp(now)})
        return Answer(body, status or CODES[self.code].status, "application/json", dict(NO_CACHE))


def gateway(code: str, detail: str, now: DateTime, status: int | None = None) -> Answer:
    """The lower-case envelope of the gateway, whose `time` is in milliseconds."""
    entry = CODES[code]
    answer: dict[str, object] = {
        "warnings": None,
        "intuitObject": None,
        "fault": {
            "error": [{"message": entry.message, "detail": detail, "code": code, "element": None}],
            "type": entry.type,
        },
        "report": None,
        "queryResponse": None,
        "batchItemResponse": [],
        "attachableResponse": [],
        "syncErrorResponse": None,
        "requestId": None,
        "time": int(now.timestamp() * 1000),
        "status": None,
        "cdcresponse": [],
    }
    headers = {"www-authenticate": 'Bearer realm="Intuit", error="invalid_token"'} if code == "3200" else {}
    return Answer(encode(answer), status or entry.status, "application/json", headers)


def throttled(now: DateTime, retry_after: int | None) -> Answer:
    """429 with code 3001; the real service sends no Retry-After."""
    answer = Fault("3001", THROTTLED).answer(now)
    if retry_after is not None:
        answer.headers["Retry-After"] = str(retry_after)
    return answer
