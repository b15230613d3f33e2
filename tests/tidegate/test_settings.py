"""Settings from the environment: what is read, what is defaulted, and every mistake at once."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.acme import Acme
from tidegate.carrier import Carrier
from tidegate.door import Tls
from tidegate.hosts import Host
from tidegate.overlap import Overlap
from tidegate.retention import Rules
from tidegate.settings import Settings, SettingsError, Timing, Webhooks

PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----\n"
LEAST = {
    "TIDEGATE_URL": "https://deploy.example.com",
    "TIDEGATE_DOMAIN": "apps.example.com",
    "TIDEGATE_SECRET_KEY": "k" * 44,
    "GITHUB_APP_ID": "12",
    "GITHUB_PRIVATE_KEY": PEM,
    "GITHUB_WEBHOOK_SECRET": "hush",
    "GITHUB_CLIENT_ID": "Iv1.abc",
    "GITHUB_CLIENT_SECRET": "hush hush",
}


def no_file(path: str) -> str:
    raise FileNotFoundError(2, "No such file or directory", path)


def read(read_file: Any = no_file, **variables: str) -> Settings:
    return Settings.from_env({**LEAST, **variables}, read_file)


def problems(read_file: Any = no_file, **variables: str) -> dict[str, str]:
    """Name of the variable → what is said about it."""
    with pytest.raises(SettingsError) as refused:
        read(read_file, **variables)
    return {problem.name: str(problem) for problem in refused.value.problems}


def problems_if_any(**variables: str) -> list[str]:
    try:
        read(**variables)
    except SettingsError as refused:
        return [problem.name for problem in refused.problems]
    return []


def test_the_least_and_its_defaults() -> None:
    settings = read()
    assert settings.url == "https://deploy.example.com"
    assert (settings.domain, settings.port) == ("apps.example.com", None)
    assert settings.data == "/var/lib/tidegate"
    assert settings.database_url == "sqlite:////var/lib/tidegate/tidegate.db"
    assert settings.redis_url == "redis://127.0.0.1:6379/0"
    assert settings.hosts == (Host("local", "unix:///var/run/docker.sock", "local"),)
    assert settings.carrier is None
    assert settings.github.api_url == "https://api.github.com"
    assert settings.github.web_url == "https://github.com"
    assert settings.github.app_id == 12
    assert settings.github.private_key == PEM.strip()
    assert settings.timing == Timing()
    assert (settings.router.bind, settings.router.directory) == ("*:80", "/var/lib/tidegate/router")
    assert settings.deploy_workers == 2
    assert settings.build_ahead is True
    assert settings.skip_words == ("tidegate", "render", "deploy", "cd")
    assert settings.overlap_policy is Overlap.WAIT
    assert settings.retention == Rules()
    assert (settings.retention.images, settings.retention.cache) == (10, 20 * 10**9)
    assert settings.least_free == 10**9


def test_times_are_those_of_the_semantics() -> None:
    timing = read().timing
    assert (timing.settle, timing.no_checks, timing.wait_limit) == (5, 600, 24 * 3600)
    assert (timing.fetch, timing.build, timing.pre_deploy, timing.start) == (600, 7200, 1800, 900)
    assert (timing.overlap, timing.probe, timing.probe_interval, timing.unhealthy) == (60, 5, 15, 60)
    assert (timing.run, timing.purge) == (12 * 3600, 60)
    rules = timing.gate_rules()
    assert (rules.settle.total_seconds(), rules.no_checks.total_seconds()) == (5, 600)
    assert rules.limit.total_seconds() == 24 * 3600


def test_everything_can_be_set() -> None:
    settings = read(
        TIDEGATE_URL="http://localhost:8000/",
        TIDEGATE_DOMAIN="LOCALHOST:8080",
        TIDEGATE_SECRET_KEY=f"{'n' * 44} , {'o' * 16}",
        TIDEGATE_DATA="/srv/data",
        DATABASE_URL="postgresql+psycopg://db/tidegate",
        REDIS_URL="redis://cache:6379/1",
        TIDEGATE_HOSTS="a unix:///run/docker.sock fra, b tcp://10.0.0.2:2376 certs=/etc/b",
        REGISTRY_URL="https://Registry.example.com:5000/deploys/",
        REGISTRY_CREDENTIAL="images",
        GITHUB_API_URL="https://github.example.com/api/v3/",
        TIDEGATE_SETTLE_SECONDS="0.5",
        TIDEGATE_NO_CHECKS_SECONDS="1",
        TIDEGATE_FETCH_TIMEOUT="2",
        TIDEGATE_BUILD_TIMEOUT="3",
        TIDEGATE_START_TIMEOUT="4",
        TIDEGATE_OVERLAP_SECONDS="0",
        TIDEGATE_LEASE_SECONDS="6",
        TIDEGATE_SWEEP_SECONDS="7",
        TIDEGATE_ROUTER_BIND="127.0.0.1:8080",
        TIDEGATE_DEPLOY_WORKERS="8",
        TIDEGATE_BUILD_AHEAD="Off",
        TIDEGATE_SKIP_WORDS="staging, cd",
        TIDEGATE_OVERLAP_POLICY="override",
        TIDEGATE_WEBHOOKS="poll",
        TIDEGATE_POLL_SECONDS="9",
        TIDEGATE_KEEP_IMAGES="3",
        TIDEGATE_LOG_DAYS="7",
        TIDEGATE_BUILD_CACHE_GB="2.5",
        TIDEGATE_MIN_FREE_GB="0",
        TIDEGATE_CLEAN_SECONDS="11",
        TIDEGATE_EPHEMERAL_GB="0.5",
        TIDEGATE_MEASURE_SECONDS="12",
        TIDEGATE_PREVIEW_RUNTIME="runsc",
        TIDEGATE_GUARD="off",
        TIDEGATE_PURGE_URL="https://cdn.example.com/purge?key=hush",
        TIDEGATE_PURGE_TIMEOUT="13",
        TIDEGATE_CLOSED_PORTS="22, 5432",
    )
    assert settings.url == "http://localhost:8000"
    assert (settings.domain, settings.port) == ("localhost", 8080)
    assert settings.secret_keys == ("n" * 44, "o" * 16)
    assert settings.database_url == "postgresql+psycopg://db/tidegate"
    assert settings.redis_url == "redis://cache:6379/1"
    assert settings.hosts == (
        Host("a", "unix:///run/docker.sock", "fra"),
        Host("b", "tcp://10.0.0.2:2376", "local", "10.0.0.2", "/etc/b"),
    )
    assert settings.carrier == Carrier("registry.example.com:5000", "deploys", "images")
    assert settings.github.api_url == "https://github.example.com/api/v3"
    assert settings.github.web_url == "https://github.example.com"
    timing = settings.timing
    assert (timing.settle, timing.no_checks, timing.fetch, timing.build) == (0.5, 1, 2, 3)
    assert (timing.start, timing.overlap, timing.lease, timing.sweep) == (4, 0, 6, 7)
    assert (settings.router.bind, settings.router.directory) == ("127.0.0.1:8080", "/srv/data/router")
    assert (settings.purge_url, timing.purge) == ("https://cdn.example.com/purge?key=hush", 13)
    assert "hush" not in repr(settings)
    assert (settings.guard, settings.closed_ports) == (False, (22, 5432))
    assert settings.deploy_workers == 8
    assert (settings.most_written, timing.measure) == (500_000_000, 12)
    assert (settings.runtime("pr-7"), settings.runtime("production")) == ("runsc", None)
    assert settings.build_ahead is False
    assert settings.skip_words == ("staging", "cd")
    assert settings.overlap_policy is Overlap.OVERRIDE
    assert (settings.webhooks, timing.poll) == (Webhooks.POLL, 9)
    assert settings.retention == Rules(images=3, cache=2_500_000_000, logs=timedelta(days=7))
    assert (settings.least_free, timing.clean) == (0, 11)


def test_with_certificates_the_router_speaks_tls_for_services_and_dashboard() -> None:
    assert read().router.tls is None
    told = read(
        TIDEGATE_TLS="/etc/tidegate/tls", TIDEGATE_DOMAIN="apps.example.com:8443", TIDEGATE_WEB="127.0.0.1:9000"
    )
    assert told.router.tls == Tls("*:443", "/etc/tidegate/tls", 8443, "deploy.example.com", "127.0.0.1:9000")
    assert read(TIDEGATE_TLS="/t", TIDEGATE_TLS_BIND="[::]:8443").router.tls == Tls(
        "[::]:8443", "/t", None, "deploy.example.com", "127.0.0.1:8000"
    )
    assert "https://" in problems(TIDEGATE_TLS="/t", TIDEGATE_URL="http://deploy.example.com")["TIDEGATE_URL"]


def test_an_authority_gives_certificates_beside_files_or_without_any() -> None:
    tls = read(TIDEGATE_ACME="LetsEncrypt").router.tls
    assert tls is not None
    assert (tls.certificates, tls.dashboard) == (None, "deploy.example.com")
    assert tls.acme == Acme("https://acme-v02.api.letsencrypt.org/directory")
    own = read(
        TIDEGATE_ACME="https://ca.lan/dir",
        TIDEGATE_ACME_EMAIL="admin@example.com",
        TIDEGATE_ACME_CA="/etc/ca.pem",
        TIDEGATE_ACME_EAB="kid:mac",
        TIDEGATE_TLS="/t",
    ).router.tls
    assert own is not None
    assert own.certificates == "/t"
    assert own.acme == Acme("https://ca.lan/dir", "admin@example.com", "/etc/ca.pem", ("kid", "mac"))
    assert "mac" not in repr(own)
    assert "https://" in problems(TIDEGATE_ACME="letsencrypt", TIDEGATE_URL="http://d.example.com")["TIDEGATE_URL"]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("TIDEGATE_ACME", "lets-encrypt", "`letsencrypt`"),
        ("TIDEGATE_ACME", "http://ca.lan/dir", "https://"),
        ("TIDEGATE_ACME_EMAIL", "admin", "is no e-mail address"),
        ("TIDEGATE_ACME_EAB", "kid", "`id:key`"),
    ],
)
def test_what_is_wrong_about_an_authority_is_told(name: str, value: str, said: str) -> None:
    assert said in problems(**{"TIDEGATE_ACME": "letsencrypt", name: value})[name]


def test_a_build_cache_that_is_not_ours_alone_can_be_left_alone() -> None:
    assert read(TIDEGATE_PRUNE_BUILD_CACHE="off", TIDEGATE_BUILD_CACHE_GB="5").retention.cache is None


@pytest.mark.parametrize("value", ["much", "-1", "inf", "1 GB"])
def test_gigabytes_are_a_number(value: str) -> None:
    assert "such as 1" in problems(TIDEGATE_MIN_FREE_GB=value)["TIDEGATE_MIN_FREE_GB"]


@pytest.mark.parametrize(
    ("url", "domain", "expected"),
    [
        ("https://deploy.example.com", "apps.example.com", "https://web.apps.example.com"),
        ("http://localhost:8000", "localhost:8080", "http://web.localhost:8080"),
    ],
)
def test_public_urls_of_services(url: str, domain: str, expected: str) -> None:
    settings = read(TIDEGATE_URL=url, TIDEGATE_DOMAIN=domain)
    assert settings.service_url(f"web.{settings.domain}") == expected


class TestFiles:
    def test_a_private_key_may_be_a_path(self, tmp_path: Path) -> None:
        (tmp_path / "app.pem").write_text(PEM)
        settings = read(lambda path: Path(path).read_text(), GITHUB_PRIVATE_KEY=str(tmp_path / "app.pem"))
        assert settings.github.private_key == PEM

    def test_a_private_key_may_have_its_line_breaks_written_out(self) -> None:
        assert read(GITHUB_PRIVATE_KEY=PEM.strip().replace("\n", "\\n")).github.private_key == PEM.strip()

    def test_hosts_may_be_a_path(self) -> None:
        west = "west tcp://west:2376 ams certs=/c address=10.0.0.3"
        north = "north ssh://deploy@10.0.0.4:2222/run/docker.sock osl key=/k known_hosts=/n"
        text = f"# our hosts\n\neast unix:///run/docker.sock fra # beside the door\n{west}\n{north}\n"
        files = {"/etc/hosts.txt": text}
        assert read(files.__getitem__, TIDEGATE_HOSTS="/etc/hosts.txt").hosts == (
            Host("east", "unix:///run/docker.sock", "fra"),
            Host("west", "tcp://west:2376", "ams", "10.0.0.3", "/c"),
            Host("north", north.split()[1], "osl", "10.0.0.4", key="/k", known_hosts="/n"),
        )

    @pytest.mark.parametrize("name", ["GITHUB_PRIVATE_KEY", "TIDEGATE_HOSTS"])
    def test_one_that_can_not_be_read_is_told_with_the_reason(self, name: str) -> None:
        found = problems(**{name: "/nowhere"})
        assert set(found) == {name}
        assert "No such file" in found[name]

    def test_one_that_is_not_text_is_told(self) -> None:
        def binary(path: str) -> str:
            return b"\xff\xfe\xff".decode()

        assert "can't be read" in problems(binary, GITHUB_PRIVATE_KEY="/bin/true")["GITHUB_PRIVATE_KEY"]


def test_with_nothing_set_every_missing_one_is_told_with_how_to_get_it() -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.from_env({}, no_file)
    assert {problem.name for problem in refused.value.problems} == set(LEAST)
    assert all(problem.message == "is missing" and problem.hint for problem in refused.value.problems)
    listed = str(refused.value).splitlines()
    assert len(listed) == 1 + len(LEAST)
    assert any("TIDEGATE_SECRET_KEY is missing: make one with `openssl" in line for line in listed)


def test_empty_is_not_set() -> None:
    assert "is missing" in problems(GITHUB_APP_ID="  ")["GITHUB_APP_ID"]
    assert read(TIDEGATE_DATA="").data == "/var/lib/tidegate"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("TIDEGATE_URL", "deploy.example.com", "https://"),
        ("TIDEGATE_URL", "ftp://deploy.example.com", "https://"),
        ("TIDEGATE_URL", "https://", "https://"),
        ("TIDEGATE_URL", "http://[", "https://"),
        ("TIDEGATE_DOMAIN", "https://apps.example.com", "apps.example.com"),
        ("TIDEGATE_DOMAIN", "apps_example", "apps.example.com"),
        ("TIDEGATE_DOMAIN", "apps.example.com:", "port"),
        ("TIDEGATE_DOMAIN", "apps.example.com:http", "port"),
        ("TIDEGATE_DOMAIN", "apps.example.com:70000", "port"),
        ("TIDEGATE_DOMAIN", ".example.com", "apps.example.com"),
        ("TIDEGATE_SECRET_KEY", "short", "16 characters"),
        ("TIDEGATE_SECRET_KEY", f"{'k' * 44},short", "16 characters"),
        ("TIDEGATE_HOSTS", "unix:///run/docker.sock", "name url"),
        ("TIDEGATE_HOSTS", "a http://10.0.0.1:2375", "tcp://"),
        ("TIDEGATE_HOSTS", "a tcp://b:1 c d", "name url"),
        ("TIDEGATE_HOSTS", "a unix:///b, a unix:///c", "twice"),
        ("TIDEGATE_HOSTS", "a tcp://10.0.0.2:2376", "without certificates"),
        ("TIDEGATE_HOSTS", "a unix:///b certs=/c", "with certs="),
        ("TIDEGATE_HOSTS", "a tcp://10.0.0.2:1 certs=/c key=/k", "with key="),
        ("TIDEGATE_HOSTS", "a tcp://west:2376 certs=/c", "address=IP"),
        ("TIDEGATE_HOSTS", "a ssh://root@10.0.0.3 certs=/c", "with certs="),
        ("TIDEGATE_HOSTS", "a ssh://root:secret@10.0.0.3", "never with a password"),
        ("TIDEGATE_HOSTS", "a ssh://-oProxyCommand", "isn't one of ssh's"),
        ("TIDEGATE_HOSTS", "a ssh://10.0.0.3/a:/b", "isn't one of ssh's"),
        ("TIDEGATE_HOSTS", "a ssh://root@east", "address=IP"),
        ("TIDEGATE_HOSTS", "a unix:///b colour=blue", "name url"),
        ("REGISTRY_URL", "deploys/images", "its host name"),
        ("REGISTRY_URL", "registry.example.com/Deploys", "its host name"),
        ("REGISTRY_CREDENTIAL", "images", "set REGISTRY_URL, too"),
        ("GITHUB_APP_ID", "my-app", "number"),
        ("GITHUB_APP_ID", "0", "number"),
        ("GITHUB_APP_ID", "-1", "number"),
        ("GITHUB_API_URL", "api.github.com", "https://"),
        ("GITHUB_PRIVATE_KEY", "-----BEGIN CERTIFICATE-----", "no private key"),
        ("TIDEGATE_SETTLE_SECONDS", "soon", "such as 5"),
        ("TIDEGATE_SETTLE_SECONDS", "-1", "such as 5"),
        ("TIDEGATE_SETTLE_SECONDS", "nan", "such as 5"),
        ("TIDEGATE_SETTLE_SECONDS", "inf", "such as 5"),
        ("TIDEGATE_DEPLOY_WORKERS", "0", "whole number"),
        ("TIDEGATE_DEPLOY_WORKERS", "²", "whole number"),
        ("TIDEGATE_BUILD_AHEAD", "maybe", "`on` or `off`"),
        ("TIDEGATE_OVERLAP_POLICY", "queue", "`wait` or `override`"),
        ("TIDEGATE_WEBHOOKS", "pull", "`push` or `poll`"),
    ],
)
def test_a_wrong_one_is_told(name: str, value: str, said: str) -> None:
    found = problems(**{name: value})
    assert set(found) == {name}
    assert said in found[name]


def test_no_secret_is_shown() -> None:
    shown = repr(read(DATABASE_URL="postgresql://u:dbpass@h/d", REDIS_URL="redis://:redispass@h"))
    for secret in ("k" * 44, "MIIB", "hush", "dbpass", "redispass"):
        assert secret not in shown


@given(st.dictionaries(st.sampled_from([*LEAST, "TIDEGATE_HOSTS", "TIDEGATE_BUILD_TIMEOUT"]), st.text(max_size=20)))
def test_whatever_is_set_is_read_or_told(variables: dict[str, str]) -> None:
    assert set(problems_if_any(**variables)) <= set(variables)
