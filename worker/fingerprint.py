"""What was shown, in a few characters: equal where there is nothing new to show."""

from __future__ import annotations

import hashlib


def fingerprint(shown: object) -> str:
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]
