"""What a fresh server is set up with: its secret, its links, and the manifest that GitHub is given."""

from __future__ import annotations

import pytest
import yaml

from tests.tidegate.test_settings import LEAST, read
from tidegate import setup
from tidegate.settings import Settings

TOLD = yaml.safe_load(setup.MANIFEST.read_text())


def test_the_secret_is_the_key_s_and_can_not_be_guessed_from_another() -> None:
    settings = read()
    assert setup.is_secret(settings, f" {setup.secret(settings)}\n")
    assert setup.secret(read(TIDEGATE_SECRET_KEY=f"{'k' * 44},{'o' * 44}")) == setup.secret(settings), "the newest key"
    assert setup.secret(read(TIDEGATE_SECRET_KEY="o" * 44)) != setup.secret(settings)
    assert LEAST["TIDEGATE_SECRET_KEY"] not in setup.secret(settings)
    for wrong in ("", "é", setup.secret(settings)[:-1], LEAST["TIDEGATE_SECRET_KEY"]):
        assert not setup.is_secret(settings, wrong)


def test_the_link_leads_to_this_server() -> None:
    settings = read()
    assert setup.link(settings) == f"https://deploy.example.com/setup?secret={setup.secret(settings)}"


@pytest.mark.parametrize(
    ("web", "organization", "url"),
    [
        ("https://github.com", None, "https://github.com/settings/apps/new?state=s%2F"),
        ("https://github.com", "acme", "https://github.com/organizations/acme/settings/apps/new?state=s%2F"),
        ("https://ghe.example.com", "a_b", "https://ghe.example.com/organizations/a_b/settings/apps/new?state=s%2F"),
    ],
)
def test_the_app_is_a_person_s_or_an_organization_s(web: str, organization: str | None, url: str) -> None:
    assert setup.new_app_url(web, organization, "s/") == url


@pytest.mark.parametrize("name", ["", "a/b", "../x", "-a", "a b", "a?b", "ä", "a" * 101, "a\n"])
def test_what_is_no_organization_s_name(name: str) -> None:
    assert not setup.is_organization(name)


def test_the_manifest_has_this_server_s_addresses_and_nothing_is_left_to_fill_in() -> None:
    made = setup.manifest(TOLD, read())
    url = "https://deploy.example.com"
    assert made["url"] == url
    assert made["hook_attributes"] == {"url": f"{url}/webhooks/github"}
    assert made["callback_urls"] == [f"{url}/login/callback"]
    assert (made["redirect_url"], made["setup_url"]) == (f"{url}/setup/made", f"{url}/setup")
    assert made["default_permissions"] == TOLD["default_permissions"]
    assert made["default_events"] == TOLD["default_events"]
    assert made["public"] is False
    assert "TIDEGATE_URL" not in str(made)
    assert made["name"] == "Tidegate deploy.example.com"


def test_names_of_apps_are_34_characters_at_most() -> None:
    assert setup.manifest(TOLD, read(TIDEGATE_URL=f"https://{'a' * 60}.example.com"))["name"] == f"Tidegate {'a' * 25}"


@pytest.mark.parametrize(
    ("url", "mode", "hook"),
    [
        ("http://localhost:8000", "poll", "https://tidegate.invalid/webhooks/github"),
        ("http://localhost:8000", "push", "http://localhost:8000/webhooks/github"),
        ("https://deploy.example.com", "poll", "https://deploy.example.com/webhooks/github"),
    ],
)
def test_without_a_public_address_the_hook_leads_nowhere(url: str, mode: str, hook: str) -> None:
    settings: Settings = read(TIDEGATE_URL=url, TIDEGATE_WEBHOOKS=mode)
    assert setup.manifest(TOLD, settings)["hook_attributes"]["url"] == hook


@pytest.mark.parametrize(
    ("url", "public"),
    [
        ("https://deploy.example.com", True),
        ("http://8.8.8.8:8000", True),
        ("http://[2606:4700::1111]", True),
        ("http://localhost:8000", False),
        ("http://web.localhost", False),
        ("http://127.0.0.1", False),
        ("http://10.1.2.3", False),
        ("http://192.168.0.7", False),
        ("http://[::1]:8000", False),
        ("http://machine", False),
        ("http://machine.local", False),
    ],
)
def test_which_addresses_github_may_reach(url: str, public: bool) -> None:
    assert setup.is_public(url) is public
