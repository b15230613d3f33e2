"""Everything the stand-in knows, behind one lock, and how to find it."""

from __future__ import annotations

import itertools
import secrets
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from standin.calls import Calls
from standin.deliveries import Courier
from standin.faults import Faults
from standin.git import Git
from standin.limits import Limits
from standin.manifests import Manifests
from standin.oauth import Grants
from standin.objects import Commit, Signature
from standin.records import App, Installation, Json, Label, Repo, Token, User

# GitHub gives every new repository these; https://docs.github.com/issues/using-labels-and-milestones-to-track-work
LABELS = {"bug": "d73a4a", "documentation": "0075ca", "enhancement": "a2eeef"}


class MissingError(LookupError):
    """Nothing of that name is here."""


class World:
    """`lock` is held for every read and change; handlers take it once, at the edge."""

    def __init__(self, url: str, data: Path) -> None:
        self.url = url.rstrip("/")
        self.api = f"{self.url}/api/v3"
        self.data = data
        self.lock = threading.RLock()
        self.users: dict[str, User] = {}
        self.repos: dict[int, Repo] = {}
        self.apps: dict[str, App] = {}
        self.installations: dict[int, Installation] = {}
        self.tokens: dict[str, Token] = {}
        self.faults = Faults()
        self.limits = Limits()
        self.calls = Calls()
        self.courier = Courier(self.faults)
        self.manifests = Manifests()
        self.grants = Grants()
        self._names: dict[str, int] = {}
        # Two stand-ins on one machine share its Docker Engine, where the product names things by repository id.
        self._ids = itertools.count(1001 + secrets.randbelow(10**9))
        self.ghost = self.add_user("ghost")

    def next_id(self) -> int:
        return next(self._ids)

    # People

    def add_user(self, login: str, kind: str = "User", **details: Any) -> User:
        """The user or organization of that login, made if it isn't here yet."""
        known = self.users.get(login.lower())
        if known is None:
            details.setdefault("email", f"{login}@users.noreply.example.com" if kind == "User" else None)
            known = self.users[login.lower()] = User(self.next_id(), login, kind, **details)
        return known

    def user(self, login: str) -> User:
        try:
            return self.users[login.lower()]
        except KeyError:
            raise MissingError(f"user {login}") from None

    def user_by_id(self, number: int) -> User:
        found = next((user for user in self.users.values() if user.id == number), None)
        if found is None:
            raise MissingError(f"user {number}")
        return found

    def rename_user(self, user: User, login: str) -> None:
        """The old login is nobody's any more; the old addresses of their repositories still lead there."""
        old, new = user.login.lower(), login.lower()
        user.login = login
        self.users[new] = self.users.pop(old)
        for repo in self.repos.values():
            if old in repo.collaborators:
                repo.collaborators[new] = repo.collaborators.pop(old)
            if repo.owner is user:
                self._names[repo.full_name.lower()] = repo.id

    def user_by_email(self, email: str) -> User | None:
        return next((user for user in self.users.values() if user.email == email), None)

    def signature(self, user: User) -> Signature:
        """Who a commit made through the API or a page is by."""
        return Signature(
            user.name or user.login, user.email or f"{user.login}@users.noreply.example.com", int(time.time())
        )

    # Repositories

    def add_repo(self, owner: User, name: str, *, source: Repo | None = None, **details: Any) -> Repo:
        if source is not None:
            details["default_branch"] = source.default_branch
        number = self.next_id()
        path = self.data / "git" / owner.login / f"{name}-{number}.git"
        git = Git.create(path, details.get("default_branch", "main"), source.git.path if source else None)
        repo = Repo(number, owner, name, git, fork_of=source, **details)
        repo.labels = {label: Label(self.next_id(), label, color) for label, color in LABELS.items()}
        self.repos[number] = repo
        self._names[repo.full_name.lower()] = number
        return repo

    def repo(self, owner: str, name: str) -> Repo:
        """By today's or a former name, as GitHub's redirects do."""
        number = self._names.get(f"{owner}/{name.removesuffix('.git')}".lower())
        if number is None or number not in self.repos:
            raise MissingError(f"repository {owner}/{name}")
        return self.repos[number]

    def rename_repo(self, repo: Repo, name: str) -> None:
        repo.name = name
        self._names[repo.full_name.lower()] = repo.id

    def transfer_repo(self, repo: Repo, owner: User) -> None:
        repo.owner = owner
        self._names[repo.full_name.lower()] = repo.id

    def remove_repo(self, repo: Repo) -> None:
        del self.repos[repo.id]
        repo.git.objects.close()
        for installation in self.installations.values():
            installation.repository_ids.discard(repo.id)

    def commit(self, repo: Repo, revision: str) -> Commit:
        sha = repo.git.sha(revision)
        commit = repo.git.commit(sha) if sha else None
        if commit is None:
            raise MissingError(f"No commit found for SHA: {revision}")
        return commit

    # Apps

    def add_app(self, slug: str, owner: User, *, private_key: str = "", **details: Any) -> App:
        """`private_key` is a PEM; one is made where none is given, and kept, as the manifest flow returns it."""
        key = load_key(private_key) if private_key else rsa.generate_private_key(65537, 2048)
        number = details.pop("id", None) or self.next_id()
        app = App(
            id=number,
            slug=slug,
            name=details.pop("name", slug),
            owner=owner,
            bot=self.add_user(f"{slug}[bot]", "Bot"),
            client_id=details.pop("client_id", "") or f"Iv23{secrets.token_hex(8)}",
            client_secret=details.pop("client_secret", "") or secrets.token_hex(20),
            public_key=key.public_key(),
            private_key=private_key or pem(key),
            **details,
        )
        self.apps[slug] = app
        return app

    def app(self, name: str | int) -> App:
        """By slug, numeric id or client id."""
        wanted = str(name)
        for app in self.apps.values():
            if wanted in {app.slug, str(app.id), app.client_id}:
                return app
        raise MissingError(f"app {name}")

    def install(self, app: App, account: User, repos: list[Repo] | None = None) -> Installation:
        """On chosen repositories, or on all of the account's when `repos` is None."""
        number = self.next_id()
        chosen = {repo.id for repo in repos or []}
        selection = "all" if repos is None else "selected"
        made = Installation(number, app, account, selection, chosen, dict(app.permissions), list(app.events))
        self.installations[number] = made
        return made

    def installation_of(self, app: App, repo: Repo) -> Installation | None:
        return next((each for each in self.installations_on(repo) if each.app is app), None)

    def installations_on(self, repo: Repo) -> Iterator[Installation]:
        return (each for each in list(self.installations.values()) if each.covers(repo))

    def repos_of(self, installation: Installation) -> list[Repo]:
        return [repo for repo in self.repos.values() if installation.covers(repo)]

    def add_token(self, prefix: str, kind: str, user: User, **details: Any) -> Token:
        value = f"{prefix}_{secrets.token_hex(18)}"
        if kind == "installation":
            # GitHub's newer ones carry a JWT: nothing may rely on forty characters.
            value += "." + ".".join(secrets.token_urlsafe(size) for size in (90, 40))
        token = Token(value, kind, user, **details)
        self.tokens[token.value] = token
        return token


def load_key(text: str) -> RSAPrivateKey:
    key = serialization.load_pem_private_key(text.encode(), password=None)
    if not isinstance(key, RSAPrivateKey):
        raise TypeError("an App's key is an RSA key")
    return key


def pem(key: RSAPrivateKey) -> str:
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL
    return key.private_bytes(encoding, form, serialization.NoEncryption()).decode()


def credentials(app: App) -> Json:
    """What an App's owner is shown once: enough to act as it."""
    return {
        "id": app.id,
        "slug": app.slug,
        "client_id": app.client_id,
        "client_secret": app.client_secret,
        "webhook_secret": app.webhook_secret,
        "private_key": app.private_key,
    }
