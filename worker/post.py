"""Posts notifications over HTTP: to the address that was judged and no other, within one time for all of it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from ssl import SSLContext
from urllib.parse import urlsplit

from tidegate.retry import Answer
from worker.outside import NotThere, Outside

#: Seconds from connecting to the answer's headers: of what Standard Webhooks recommends, the least.
TIMEOUT = 15.0


def post(
    outside: Outside,
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    timeout: float = TIMEOUT,
    tls: SSLContext | None = None,
) -> Answer:
    """As Courier.post. `tls`: whom to trust, if not the usual authorities."""
    # Not before it is needed: it takes megabytes of every process that loads it.
    import httpx

    try:
        address = outside.lead(url)
        return asyncio.run(_post(url, address, headers, body, timeout, tls or _usual()))
    except NotThere as why:
        return Answer(ok=False, detail=str(why))
    except TimeoutError:
        return Answer(ok=False, detail=f"no answer within {timeout:g} s")
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        return Answer(ok=False, detail=type(error).__name__)  # its words may hold the address


async def _post(
    url: str, address: str, headers: Mapping[str, str], body: bytes, timeout: float, tls: SSLContext
) -> Answer:
    import httpx

    parts = urlsplit(url)
    assert parts.hostname is not None
    # The name goes into Host, and into TLS, whose certificate is for it; the connection goes to the address.
    pinned = httpx.URL(url).copy_with(host=address)
    own = {"Host": parts.netloc, "Content-Type": "application/json", "User-Agent": "tidegate", **headers}
    async with asyncio.timeout(timeout), httpx.AsyncClient(verify=tls, trust_env=False, timeout=timeout) as client:
        extensions = {"sni_hostname": parts.hostname}
        async with client.stream("POST", pinned, content=body, headers=own, extensions=extensions) as answer:
            return _answer(answer.status_code, answer.reason_phrase, answer.headers.get("Retry-After"))


def _answer(status: int, phrase: str, retry_after: str | None) -> Answer:
    return Answer(
        ok=HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES,
        detail=f"{status} {phrase}".strip(),
        gone=status == HTTPStatus.GONE,
        # It may also be a date, which few write; then our own schedule holds.
        retry_after=float(retry_after) if retry_after and retry_after.isascii() and retry_after.isdigit() else None,
    )


@cache
def _usual() -> SSLContext:
    import httpx

    return httpx.create_ssl_context()
