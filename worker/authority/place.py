"""Where the proxy finds what was had from the authority. All that it needs to know of it, for memory."""

from __future__ import annotations

from pathlib import Path

#: In the proxy's directory.
PLACE = "acme"
#: In that: a directory that the proxy is given; what it shows to whom it has nothing for; what challenges are answered
#: by; and the account's key.
CERTIFICATES, NONE, THUMBPRINT, ACCOUNT = "certificates", "none.pem", "thumbprint", "account.pem"


def thumbprint(router: Path) -> str | None:
    """Of the account's key (RFC 7638), in the proxy's directory `router`; None: there is none yet."""
    try:
        return (router / PLACE / THUMBPRINT).read_text()
    except FileNotFoundError:
        return None


def is_whole(router: Path) -> bool:
    """Whether all is there that is made once."""
    return all((router / PLACE / each).exists() for each in (ACCOUNT, NONE, THUMBPRINT))
