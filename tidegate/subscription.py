"""A new address for a repository's news: checked before it is kept, the same by whatever way it comes."""

from __future__ import annotations

from datetime import datetime

from tidegate import mail
from tidegate.destination import BadUrl, Reach, check_url
from tidegate.notification import Channel, Endpoint, Secrets, Wants
from tidegate.standardwebhooks import secret_of

#: Of one repository.
MOST = 20


class BadAddress(Exception):
    """The message says why, and what to do."""


def endpoint(
    repository_id: int,
    channel: Channel,
    address: str,
    wants: Wants,
    by: str,
    at: datetime,
    *,
    random: bytes,
    mails: bool,
    reach: Reach,
) -> Endpoint:
    """`random`: 48 bytes, for its id and its secret. `mails`: whether there is a mail server. `reach`: where URLs may
    lead. Raises BadAddress."""
    address = address.strip()
    if channel is Channel.EMAIL:
        if not mails:
            raise BadAddress("there is no mail server: the operator sets one by TIDEGATE_SMTP_URL")
        if not mail.is_address(address):
            raise BadAddress("it is no e-mail address, such as team@example.com")
    else:
        try:
            check_url(address, reach)
        except BadUrl as bad:
            raise BadAddress(str(bad)) from bad
    secrets = Secrets(secret_of(random[:32])) if channel is Channel.WEBHOOK else None
    return Endpoint(f"ep_{random[32:].hex()}", repository_id, channel, address, wants, by, at, secrets)
