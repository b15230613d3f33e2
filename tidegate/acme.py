"""The authority that certificates are had from (RFC 8555), by the settings."""

from __future__ import annotations

from dataclasses import dataclass, field

from tidegate.environment import Environment
from tidegate.mail import is_address

#: https://letsencrypt.org/docs/acme-protocol-updates/ and https://letsencrypt.org/docs/staging-environment/
DIRECTORIES = {
    "letsencrypt": "https://acme-v02.api.letsencrypt.org/directory",
    "letsencrypt-staging": "https://acme-staging-v02.api.letsencrypt.org/directory",
}


@dataclass(frozen=True)
class Acme:
    """`directory`: its URL (RFC 8555, 7.1.1). `ca`: path of the PEM file by which the authority's own address is
    trusted, None: as any on the internet. `binding`: key id and MAC key of an account that it knows already (7.3.4)."""

    directory: str
    email: str | None = None
    ca: str | None = None
    binding: tuple[str, str] | None = field(default=None, repr=False)


def acme(reader: Environment) -> Acme:
    """Where TIDEGATE_ACME is set."""
    name, mail = "TIDEGATE_ACME", "TIDEGATE_ACME_EMAIL"
    told = reader.text(name, "")
    directory = DIRECTORIES.get(told.lower(), told)
    if not directory.startswith("https://"):
        known = ", ".join(f"`{each}`" for each in DIRECTORIES)
        reader.problem(name, "names no authority", f"write {known}, or the https:// address of a directory")
    email = reader.optional(mail)
    if email is not None and not is_address(email):
        reader.problem(mail, "is no e-mail address", "such as admin@example.com; the authority may write there")
    return Acme(directory, email, reader.optional("TIDEGATE_ACME_CA"), _binding(reader))


def _binding(reader: Environment) -> tuple[str, str] | None:
    name = "TIDEGATE_ACME_EAB"
    told = reader.optional(name)
    if told is None:
        return None
    key_id, _, key = told.partition(":")
    if not key_id or not key:
        reader.problem(name, "is no external account binding", "write key id and HMAC key as `id:key`")
    return key_id, key
