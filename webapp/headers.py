"""What every answer of ours tells browsers to keep to."""

from __future__ import annotations

from flask import Response

#: Nothing but our own files, no scripts or styles within pages, in nobody's frame.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'{forms}; base-uri 'none'; frame-ancestors 'none'"
)
POLICY = "Content-Security-Policy"


def policy(*forms: str) -> str:
    """`forms`: where the page's forms may be sent to, besides."""
    return _POLICY.format(forms="".join(f" {each}" for each in forms))


def guarded(response: Response) -> Response:
    response.headers.setdefault(POLICY, policy())
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    # Pages are for the person who signed in; static files say for themselves how long they keep.
    response.headers.setdefault("Cache-Control", "no-store")
    return response
