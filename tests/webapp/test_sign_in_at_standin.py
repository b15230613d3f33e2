"""Signing in at the stand-in, whose answers are held against GitHub's own description: as at github.com."""

import http.client
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from standin.client import StandIn
from standin.process import running
from tests.tidegate.store.given import NOON, a_deployment
from tests.webapp.house import PAGE, House, bearer, build
from tests.webapp.product import ENVIRONMENT
from tidegate.deployment import Deployment
from tidegate.events import RepositorySeen


@pytest.fixture(scope="module")
def standin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[StandIn, dict[str, str]]]:
    """Its control, and what the product must be told to work with it."""
    callback = ("--callback-url", f"{ENVIRONMENT['TIDEGATE_URL']}/login/callback")
    with running(tmp_path_factory.mktemp("standin"), "--no-limits", *callback) as told:
        control = StandIn(told["url"])
        yield (
            control,
            {
                "GITHUB_API_URL": told["api_url"],
                "GITHUB_WEB_URL": told["web_url"],
                "GITHUB_CLIENT_ID": told["app"]["client_id"],
                "GITHUB_CLIENT_SECRET": told["app"]["client_secret"],
                "GITHUB_APP_ID": str(told["app"]["id"]),
                "GITHUB_PRIVATE_KEY": told["app"]["private_key"],
            },
        )
        control.close()


@pytest.fixture
def house(tmp_path: Path, standin: tuple[StandIn, dict[str, str]]) -> Iterator[House]:
    made = build(tmp_path, told=standin[1])
    yield made
    made.close()


def sign_in(house: House, login: str) -> FlaskClient:
    """As who clicks through the stand-in's page as `login`."""
    client = house.client()
    asking = urlsplit(client.get("/login/github").location)
    connection = http.client.HTTPConnection(asking.netloc, timeout=30)
    connection.request("GET", f"{asking.path}?{asking.query}&login={login}")
    back = urlsplit(connection.getresponse().getheader("Location", ""))
    connection.close()
    assert client.get(f"{back.path}?{back.query}").status_code == 303
    return client


def deployed(house: House, control: StandIn, name: str, given: Mapping[str, str]) -> Deployment:
    """One of the private repository octo/`name`, in which the App is installed and these people were given a role."""
    for login in given:
        control.create_user(login)
    made = control.create_repo(f"octo/{name}", private=True, files={"README.md": "# Roles\n"})
    for login, role in given.items():
        control.set_permission(f"octo/{name}", login, role)
    installation = control.install("tidegate", "octo")
    house.store.repositories.see(RepositorySeen(made["id"], installation, "octo", name, "main", private=True), NOON)
    return a_deployment(house.store, house.store.services.ensure(made["id"], "web", {"name": "web"}))


def tried(client: FlaskClient, deployment: Deployment, headers: Mapping[str, str] | None = None) -> list[int]:
    """How it is answered to see it, to cancel it, and to make its service's deploy hook."""
    path, hook = f"/api/v1/deployments/{deployment.id}", f"/api/v1/services/{deployment.service_id}/deploy-hook"
    asked = [("GET", path), ("POST", f"{path}/cancel"), ("POST", hook)]
    return [client.open(to, method=method, headers=headers).status_code for method, to in asked]


@pytest.mark.parametrize(
    ("role", "cancel", "hook"),
    [
        ("read", 403, 403),
        ("triage", 403, 403),
        ("write", 202, 403),
        ("maintain", 202, 201),
        ("admin", 202, 201),
    ],
)
def test_roles_are_told_apart(
    house: House, standin: tuple[StandIn, dict[str, str]], role: str, cancel: int, hook: int
) -> None:
    """By the flags that GitHub sends with a repository: no role's name is among them."""
    login = f"{role}-only"
    deployment = deployed(house, standin[0], f"for-{role}", {login: role})
    assert tried(sign_in(house, login), deployment) == [200, cancel, hook]


def test_people_see_what_they_may_read(house: House, standin: tuple[StandIn, dict[str, str]]) -> None:
    control, _ = standin
    control.create_user("stranger")
    deployment = deployed(house, control, "private", {"reader": "read"})
    path = f"/deployments/{deployment.id}"

    owner, reader, stranger = (sign_in(house, login) for login in ("octo", "reader", "stranger"))
    assert "Cancel this deployment" in owner.get(path, headers=PAGE).text
    assert "Cancel" not in (shown := reader.get(path, headers=PAGE)).text
    assert shown.status_code == 200
    assert stranger.get(path, headers=PAGE).status_code == 404
    assert deployment.id not in stranger.get("/", headers=PAGE).text
    assert reader.post(f"{path}/cancel").status_code == 403
    assert owner.post(f"{path}/cancel").status_code == 303


@pytest.mark.parametrize(
    ("role", "scope", "cancel", "hook"),
    [
        ("read", "admin", 403, 403),
        ("triage", "deploy", 403, 403),
        ("write", "admin", 202, 403),
        ("admin", "deploy", 202, 403),
    ],
)
def test_a_token_is_worth_what_github_tells_the_app_of_its_maker(
    house: House, standin: tuple[StandIn, dict[str, str]], role: str, scope: str, cancel: int, hook: int
) -> None:
    """The App proves itself by its key, is given a token for its installation, and asks by that; also when the maker
    has another login by then."""
    control, login = standin[0], f"{role}-maker"
    deployment = deployed(house, control, f"by-{role}", {login: role})
    secret = sign_in(house, login).post("/api/v1/tokens", json={"name": "ci", "scope": scope}).get_json()["token"]
    # What is kept was given for another App, or is no longer good: a new one is asked for.
    repository = house.store.repositories.get(deployment.repository_id)
    assert repository is not None
    key = f"github/{repository.installation_id}/*/metadata:read"
    house.store.tokens.put(key, "ghs_old", datetime.now(UTC) + timedelta(hours=1))
    control.rename_user(login, f"{role}-renamed")
    assert tried(house.client(), deployment, bearer(secret)) == [200, cancel, hook]
