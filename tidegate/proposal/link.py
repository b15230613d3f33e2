"""GitHub's page for a new file, with the deploy file filled in: one click from nothing to a first deploy."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from tidegate.proposal.propose import Proposal
from tidegate.repository import DEPLOY_FILE

#: Characters of an address that servers and browsers take; GitHub answers 414 to more than about 8,000.
LONGEST = 6000


def new_file_url(web_url: str, full_name: str, branch: str, proposal: Proposal) -> str:
    """`web_url` is GitHub's (https://github.com). Too long a text goes without its comments, or not at all."""
    page = f"{web_url.rstrip('/')}/{quote(full_name)}/new/{quote(branch)}"
    for text in (proposal.text, proposal.bare):
        url = f"{page}?{urlencode({'filename': DEPLOY_FILE, 'value': text}, quote_via=quote)}"
        if len(url) <= LONGEST:
            return url
    return f"{page}?{urlencode({'filename': DEPLOY_FILE})}"
