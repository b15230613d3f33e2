"""Host names of services. No port: what a browser must add to reach the router is known to the settings alone."""

from __future__ import annotations

from tidegate.repository import PRODUCTION

#: As many characters of a SHA as git and GitHub show.
SHORT_SHA = 7


def default_host(service: str, environment: str, domain: str) -> str:
    """Always points at the latest successful deployment: `<service>.<domain>`, or `<service>-pr-N.<domain>`."""
    label = service if environment == PRODUCTION else f"{service}-{environment}"
    return f"{label}.{domain}".lower()


def deployment_host(service: str, sha: str, domain: str) -> str:
    """One deployment's own: `<service>-<short sha>.<domain>`, for as long as its instances run."""
    return f"{service}-{sha[:SHORT_SHA]}.{domain}".lower()
