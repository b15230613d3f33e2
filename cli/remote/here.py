"""The API on the workers' machine, without a web process: asked in this very process, as the operator."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import httpx

from cli.onstore import opened
from cli.remote.api import Api


@contextmanager
def here(environment: Mapping[str, str]) -> Iterator[Api]:
    """Raises Trouble where the store isn't there."""
    with opened(environment, "Nothing can be asked for") as (settings, store):
        # Here, since it brings all of the web process in.
        from webapp.operators import operators

        with operators(settings, store) as door:
            api = Api(settings.url, httpx.WSGITransport(app=door))
            try:
                yield api
            finally:
                api.close()
