"""Whether a webhook comes from QuickBooks: only it and we know the verifier token."""

from __future__ import annotations

import base64
import hashlib
import hmac

HEADER = "intuit-signature"


def sign(body: bytes, token: str) -> str:
    """base64(HMAC-SHA256(body, token)), as QuickBooks puts it into `intuit-signature`."""
    return base64.b64encode(hmac.digest(token.encode(), body, hashlib.sha256)).decode()


def is_signed(body: bytes, signature: str, token: str) -> bool:
    """Compares the bytes as they came, in constant time; without a token nothing is signed."""
    given = signature.strip().encode("utf-8", "replace")
    return bool(token) and hmac.compare_digest(sign(body, token).encode(), given)
