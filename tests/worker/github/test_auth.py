"""A token is minted once for all who need it, renewed before it ends, and never used again once it was rejected."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.contracts.github_places import MemoryTokens
from tests.fakes.clock import FakeClock
from tidegate.installation import Scope
from worker.github.auth import AppKey, Tokens
from worker.ports import Refused

WEB = Scope.of(7, 11, {"contents": "read"})


class Mint:
    """GitHub's counter: token-1, token-2 and so on, each for an hour."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.made: list[Scope] = []
        self.gate = threading.Event()
        self.gate.set()

    def __call__(self, scope: Scope) -> tuple[str, datetime]:
        assert self.gate.wait(10)
        self.made.append(scope)
        return f"token-{len(self.made)}", self.clock.now() + timedelta(hours=1)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def mint(clock: FakeClock) -> Mint:
    return Mint(clock)


def test_a_token_serves_until_five_minutes_before_its_end(clock: FakeClock, mint: Mint) -> None:
    tokens = Tokens(MemoryTokens(), clock, mint)
    assert tokens.get(WEB) == "token-1"
    clock.advance(55 * 60 - 1)
    assert tokens.get(WEB) == "token-1"
    clock.advance(1)
    assert tokens.get(WEB) == "token-2"


def test_another_process_finds_the_token_in_the_store(clock: FakeClock, mint: Mint) -> None:
    kept = MemoryTokens()
    Tokens(kept, clock, mint).get(WEB)
    other = Tokens(kept, clock, mint)
    assert [other.get(WEB), other.get(WEB)] == ["token-1", "token-1"]
    clock.advance(55 * 60)
    assert other.get(WEB) == "token-2", "the store tells no end, and is asked again"


def test_a_token_is_for_one_repository_and_its_permissions(clock: FakeClock, mint: Mint) -> None:
    tokens = Tokens(MemoryTokens(), clock, mint)
    scopes = [WEB, Scope.of(7, 12, {"contents": "read"}), Scope.of(7, 11, {"checks": "write"})]
    assert [tokens.get(scope) for scope in scopes] == ["token-1", "token-2", "token-3"]
    assert mint.made == scopes
    assert Scope.of(7, 11, {"b": "read", "a": "read"}) == Scope.of(7, 11, {"a": "read", "b": "read"})


def test_a_rejected_token_is_replaced_everywhere(clock: FakeClock, mint: Mint) -> None:
    kept = MemoryTokens()
    one, two = Tokens(kept, clock, mint), Tokens(kept, clock, mint)
    assert [one.get(WEB), two.get(WEB)] == ["token-1", "token-1"]
    assert one.get(WEB, rejected="token-1") == "token-2"
    assert two.get(WEB, rejected="token-1") == "token-2"
    assert len(mint.made) == 2


def test_many_threads_mint_one_token(clock: FakeClock, mint: Mint) -> None:
    tokens = Tokens(MemoryTokens(), clock, mint)
    mint.gate.clear()
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(tokens.get, WEB) for _ in range(8)]
        mint.gate.set()
        assert {each.result(10) for each in asked} == {"token-1"}
    assert len(mint.made) == 1


def test_the_app_signs_for_ten_minutes_at_most_and_from_a_minute_ago(clock: FakeClock) -> None:
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    key = AppKey(123, pem, clock)
    first = key.token()
    claims = jwt.decode(first, private.public_key(), ["RS256"], options={"verify_exp": False, "verify_iat": False})
    now = int(clock.now().timestamp())
    assert (claims["iss"], claims["iat"]) == ("123", now - 60)
    assert now < claims["exp"] <= now + 600
    clock.advance(239)
    assert key.token() == first
    clock.advance(1)
    assert key.token() != first


def test_a_key_that_is_none_says_where_to_get_one(clock: FakeClock) -> None:
    with pytest.raises(Refused, match="GITHUB_PRIVATE_KEY"):
        AppKey(123, "not a key", clock).token()
