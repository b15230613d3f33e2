"""Asks the authority for one name's certificate, by http-01 (RFC 8555, 8.3), which the router answers by itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from importlib.metadata import version
from typing import Any

import requests
from acme import challenges, client, crypto_util, errors, messages
from josepy.errors import Error as JoseError
from josepy.jwa import ES256
from josepy.jwk import JWKEC

from tidegate.acme import Acme
from worker.authority.identity import new_key

#: Seconds for one request, and until an order must be decided.
_REQUEST, _ORDER = 30, 90
_NONCES = 5
#: No answer (of requests: an OSError), or none of this protocol, such as a proxy's.
_BROKEN = (OSError, ValueError, JoseError)


class Away(Exception):
    """The authority can't be spoken with, or not with us. The message says why."""


class Declined(Exception):
    """It gives no certificate for that name now. The message is its own. `limited`: we have asked too often."""

    def __init__(self, why: str, *, limited: bool = False) -> None:
        super().__init__(why)
        self.limited = limited


class _Network(client.ClientNetwork):
    """A nonce that is refused is no verdict (RFC 8555, 6.5); the library tries but once more with a new one."""

    def post(self, *args: Any, **kwargs: Any) -> requests.Response:
        for _ in range(_NONCES):
            try:
                return super().post(*args, **kwargs)
            except messages.Error as refusal:
                if refusal.code != "badNonce":
                    raise
        return super().post(*args, **kwargs)


class Authority:
    """Raises Away where our account can't be had of it."""

    def __init__(self, acme: Acme, key: JWKEC) -> None:
        self._key = key
        network = _Network(
            key,
            alg=ES256,
            verify_ssl=acme.ca or True,  # type: ignore[arg-type]  # requests takes a bundle's path there, too
            user_agent=f"tidegate/{version('tidegate')}",
            timeout=_REQUEST,
        )
        try:
            self._client = client.ClientV2(client.ClientV2.get_directory(acme.directory, network), network)
            self._client.net.account = _account(self._client, acme, key)
        except (*_BROKEN, errors.Error) as trouble:
            raise Away(_said(trouble)) from trouble
        except (KeyError, AttributeError) as missing:
            raise Away(f"{acme.directory} is no authority's directory") from missing

    def certificate(self, name: str) -> bytes:
        """A new one, its chain and its key, as PEM. Raises Away or Declined."""
        key = new_key()
        # The library's time is the local one, without a zone.
        deadline = datetime.now() + timedelta(seconds=_ORDER)  # noqa: DTZ005
        try:
            order = self._client.new_order(crypto_util.make_csr(key, [name]))
            for authorization in order.authorizations:
                self._answer(authorization)
            done = self._client.poll_and_finalize(order, deadline)
        except messages.Error as refusal:
            raise Declined(_said(refusal), limited=refusal.code == "rateLimited") from refusal
        except (*_BROKEN, errors.ClientError) as trouble:
            raise Away(_said(trouble)) from trouble
        except errors.Error as refusal:
            raise Declined(_said(refusal)) from refusal
        return done.fullchain_pem.encode() + key

    def _answer(self, authorization: messages.AuthorizationResource) -> None:
        """Says that it may look, unless it has, not long ago."""
        if authorization.body.status == messages.STATUS_VALID:
            return
        for each in authorization.body.challenges:
            if isinstance(each.chall, challenges.HTTP01):
                self._client.answer_challenge(each, each.response(self._key))
                return
        raise Declined("it doesn't want to look by http (http-01)")


def _account(its: client.ClientV2, acme: Acme, key: JWKEC) -> messages.RegistrationResource:
    """Made with the first order; found again by its key. Whoever sets TIDEGATE_ACME agrees to its terms."""
    binding = None
    if acme.binding is not None:
        public = key.public_key()
        binding = messages.ExternalAccountBinding.from_data(public, *acme.binding, its.directory)
    wanted = messages.NewRegistration.from_data(
        email=acme.email, external_account_binding=binding, terms_of_service_agreed=True
    )
    try:
        return its.new_account(wanted)
    except errors.ConflictError as known:
        return messages.RegistrationResource(body=wanted, uri=known.location)


def _said(trouble: Exception) -> str:
    """In its own words, in one line."""
    match trouble:
        case messages.Error():
            subs = "; ".join(_said(each) for each in trouble.subproblems or ())
            words = ": ".join(filter(None, (trouble.detail or trouble.title or trouble.typ, subs)))
        case errors.ValidationError():
            found = (each.error for authorization in trouble.failed_authzrs for each in authorization.body.challenges)
            words = "; ".join(_said(each) for each in found if each is not None)
        case errors.IssuanceError():
            words = _said(trouble.error)
        case errors.TimeoutError():
            words = f"it had not decided after {_ORDER} seconds"
        case _:
            words = str(trouble) or type(trouble).__name__
    return " ".join(words.split())
