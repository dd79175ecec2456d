"""What a client has to know of the embedded companies: their ids, and how an app signs in to them."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Offer:
    """Everything a client needs beside the address of the server; paths begin with a slash."""

    realm_ids: tuple[str, ...]
    client_id: str
    client_secret: str = field(repr=False)
    verifier_token: str = field(repr=False)
    authorize_path: str
    token_path: str
    revoke_path: str

    def authorize_url(self, url: str) -> str:
        """Where people sign in, at a server of this scheme, host and port."""
        return f"{url}{self.authorize_path}"

    def token_url(self, url: str) -> str:
        """Where tokens are granted and renewed."""
        return f"{url}{self.token_path}"

    def revoke_url(self, url: str) -> str:
        """Where a sign-in is given back."""
        return f"{url}{self.revoke_path}"


OFFER = Offer(
    realm_ids=("9130350000000001", "9130350000000002"),
    client_id="embedded-client",
    client_secret="embedded-secret",
    verifier_token="embedded-verifier-token",
    authorize_path="/connect/oauth2",
    token_path="/oauth2/v1/tokens/bearer",
    revoke_path="/v2/oauth2/tokens/revoke",
)
