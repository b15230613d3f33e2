"""Log lines leave the process only after masking: a secret that a build prints must not reach Redis or the store."""

from __future__ import annotations

import re
from collections.abc import Collection

MASK = "••••••"
#: Shorter values would mask ordinary words ("1", "yes") and hide nothing worth hiding.
SHORTEST = 4

#: GitHub's tokens (ghp_, gho_, ghu_, ghs_, ghr_, github_pat_; newer ones hold a JWT, hence the dots), and the password
#: of a URL with credentials, as git prints it in errors.
_TOKENS = re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9_.\-]{10,}|github_pat_[A-Za-z0-9_]{10,})")
_CREDENTIALS = re.compile(r"(?<=://)[^\s/@:]*:[^\s/@]+(?=@)")


def mask(text: str, secrets: Collection[str]) -> str:
    """`text` with every secret, GitHub token and URL credential replaced. Secrets under 4 characters are left alone.

    The longest secret is replaced first, so that one which contains another leaves no tail behind. The lines of a
    secret of several lines (a key file) are masked each, since logs come line by line.
    """
    values = {part.strip() for secret in secrets for part in (secret, *secret.splitlines())}
    for value in sorted((each for each in values if len(each) >= SHORTEST), key=len, reverse=True):
        text = text.replace(value, MASK)
    return _TOKENS.sub(MASK, _CREDENTIALS.sub(MASK, text))


def live_key(deployment_id: str) -> str:
    """Key of the capped Redis stream that carries a deployment's log while it is written."""
    return f"tidegate:log:{deployment_id}"
