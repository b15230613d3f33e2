"""Ids of deployments: sortable by time, fit for URLs, host names and labels, and not to be guessed."""

from __future__ import annotations

import secrets
from datetime import datetime

#: Crockford's base 32 in lower case: no i, l, o, u. Sorts as the numbers do.
_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
_LENGTH = 26
_RANDOM_BITS = 80


def new_id(at: datetime) -> str:
    """A ULID (https://github.com/ulid/spec) in lower case, 26 characters: 48 bits of milliseconds, 80 random ones."""
    number = (int(at.timestamp() * 1000) << _RANDOM_BITS) | secrets.randbits(_RANDOM_BITS)
    return "".join(_DIGITS[(number >> shift) & 31] for shift in range(5 * (_LENGTH - 1), -1, -5))
