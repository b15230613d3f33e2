"""Settings, from the environment, all or nothing: every mistake is told at once, each with how to get it right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from tidegate import destination, door, github, mail, preview, skip
from tidegate.carrier import Carrier, carrier
from tidegate.door import Router
from tidegate.environment import Environment, SettingsProblem
from tidegate.gate import GateRules
from tidegate.github import GitHub
from tidegate.guard import PORTS
from tidegate.hostname import default_host
from tidegate.hosts import Host, hosts
from tidegate.overlap import Overlap
from tidegate.retention import Rules
from tidegate.routing import is_public


class SettingsError(Exception):
    def __init__(self, problems: tuple[SettingsProblem, ...]) -> None:
        lines = [f"  - {problem}" for problem in problems]
        super().__init__("\n".join(["these settings are missing or wrong:", *lines]))
        self.problems = problems


class Webhooks(StrEnum):
    """How deliveries come in. PUSH: GitHub sends them to our public address. POLL: without one, its list is read."""

    PUSH = "push"
    POLL = "poll"


@dataclass(frozen=True)
class Timing:
    """All in seconds. Numbers of SEMANTICS 3, 5 and 7."""

    settle: float = 5.0
    no_checks: float = 600.0
    wait_limit: float = 86400.0
    fetch: float = 600.0
    build: float = 7200.0
    pre_deploy: float = 1800.0
    start: float = 900.0
    #: How long a step waits for a part that is down before the deploy fails for it.
    patience: float = 60.0
    #: The longest that a cron service's run may take.
    run: float = 43200.0
    #: What has no port is healthy once it has run for so long.
    grace: float = 10.0
    #: How long old instances serve beside the new ones before SIGTERM.
    overlap: float = 60.0
    #: A worker that has not renewed its lease for so long is taken for dead.
    lease: float = 20.0
    sweep: float = 10.0
    #: Between two looks at GitHub for what was missed.
    catch_up: float = 300.0
    #: Between two looks at GitHub's list of deliveries, where none can be sent to us.
    poll: float = 5.0
    probe: float = 5.0
    #: Between two clean-ups.
    clean: float = 3600.0
    #: Between two probes of a running instance, and from unhealthy to its restart.
    probe_interval: float = 15.0
    unhealthy: float = 60.0
    purge: float = 60.0
    #: Between two looks at how much instances have written.
    measure: float = 60.0

    def gate_rules(self) -> GateRules:
        return GateRules(
            settle=timedelta(seconds=self.settle),
            no_checks=timedelta(seconds=self.no_checks),
            limit=timedelta(seconds=self.wait_limit),
        )


@dataclass(frozen=True)
class Settings:
    """`domain` is a host name without port; `port` is what public URLs add to it where it isn't the scheme's own."""

    url: str
    domain: str
    port: int | None
    #: The one that encrypts first, then older ones that still decrypt.
    secret_keys: tuple[str, ...] = field(repr=False)
    #: Directory of the embedded defaults.
    data: str
    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    hosts: tuple[Host, ...]
    carrier: Carrier | None
    github: GitHub
    webhooks: Webhooks
    timing: Timing
    router: Router
    deploy_workers: int
    build_ahead: bool
    skip_words: tuple[str, ...]
    overlap_policy: Overlap
    #: Probes in a row that fail until an instance is unhealthy; restarts in a row until a crashed one is left alone.
    probe_failures: int
    restart_limit: int
    #: Previews that one repository may have at the same time.
    preview_limit: int
    retention: Rules
    #: Bytes that must be free for a build; 0: nobody looks.
    least_free: int
    #: Bytes that an instance may write beside its disk; 0: nobody looks.
    most_written: int
    #: Told of each switch, so that caches in front can be emptied. It may hold a secret.
    purge_url: str | None = field(repr=False)
    #: Whether instances are kept from their machine's metadata addresses and from these of its ports.
    guard: bool
    closed_ports: tuple[int, ...]
    #: What runs the containers of previews, in place of the engine's default.
    preview_runtime: str | None
    #: Address of the BuildKit that railpack builds with.
    buildkit: str | None
    #: Whether our own logs are JSON.
    json_logs: bool
    #: What a scrape of /metrics shows, without which it is refused; and where several processes of one web keep theirs.
    metrics_token: str | None = field(repr=False)
    metrics_directory: str | None
    #: Where notifications may be sent to, beside the internet; and the mail server that takes e-mails.
    notify_networks: tuple[destination.Network, ...]
    smtp: mail.Smtp | None = field(repr=False)

    @classmethod
    def from_env(cls, env: Mapping[str, str], read_file: Callable[[str], str], *, app: bool = True) -> Settings:
        """Reads every setting of every process; empty counts as not set. `read_file` is called for a private key or
        hosts that are given as a path, and may raise OSError. `app`: whether the App is among them, or comes from the
        store (tidegate/store/start.py). Raises SettingsError with all problems."""
        reader = Environment({name: value.strip() for name, value in env.items() if value.strip()}, read_file)
        url = reader.url("TIDEGATE_URL", "the public URL of this server, such as https://deploy.example.com")
        domain, port = reader.host_and_port("TIDEGATE_DOMAIN", _DOMAIN)
        data = reader.text("TIDEGATE_DATA", "/var/lib/tidegate")
        settings = cls(
            url=url,
            domain=domain,
            port=port,
            secret_keys=_secret_keys(reader),
            data=data,
            database_url=reader.text("DATABASE_URL", f"sqlite:///{data}/tidegate.db"),
            redis_url=reader.text("REDIS_URL", "redis://127.0.0.1:6379/0"),
            hosts=hosts(reader),
            carrier=carrier(reader),
            github=github.read(reader, app=app),
            webhooks=Webhooks(reader.choice("TIDEGATE_WEBHOOKS", Webhooks.PUSH, tuple(Webhooks))),
            timing=Timing(
                **{name: reader.seconds(variable, getattr(Timing, name)) for name, variable in _TIMES.items()}
            ),
            router=door.router(reader, data, url, port),
            deploy_workers=reader.whole("TIDEGATE_DEPLOY_WORKERS", 2),
            build_ahead=reader.switch("TIDEGATE_BUILD_AHEAD", default=True),
            skip_words=reader.words("TIDEGATE_SKIP_WORDS", skip.DEFAULT),
            probe_failures=reader.whole("TIDEGATE_PROBE_FAILURES", 3),
            restart_limit=reader.whole("TIDEGATE_RESTART_LIMIT", 10),
            preview_limit=reader.whole("TIDEGATE_PREVIEW_LIMIT", 20),
            retention=_retention(reader),
            least_free=reader.gigabytes("TIDEGATE_MIN_FREE_GB", 1),
            most_written=reader.gigabytes("TIDEGATE_EPHEMERAL_GB", 10),
            purge_url=reader.url("TIDEGATE_PURGE_URL", "an address that is told of each switch")
            if reader.optional("TIDEGATE_PURGE_URL")
            else None,
            guard=reader.switch("TIDEGATE_GUARD", default=True),
            closed_ports=_ports(reader),
            preview_runtime=reader.optional("TIDEGATE_PREVIEW_RUNTIME"),
            buildkit=reader.optional("BUILDKIT_HOST"),
            json_logs=reader.choice("TIDEGATE_LOG_FORMAT", "text", ("text", "json")) == "json",
            metrics_token=_metrics_token(reader),
            metrics_directory=reader.optional("PROMETHEUS_MULTIPROC_DIR"),
            notify_networks=destination.networks(reader),
            smtp=mail.smtp(reader),
            overlap_policy=Overlap(reader.choice("TIDEGATE_OVERLAP_POLICY", Overlap.WAIT, tuple(Overlap))),
        )
        if reader.problems:
            raise SettingsError(tuple(reader.problems))
        return settings

    def runtime(self, environment: str) -> str | None:
        """What runs the containers of that environment; None: what the engine has for its default."""
        return self.preview_runtime if preview.number_of(environment) is not None else None

    def public_url(self, service: str, environment: str, definition: Mapping[str, object] | None) -> str | None:
        """Where a service with this definition is reached from outside, if it is."""
        return (
            self.service_url(default_host(service, environment, self.domain)) if is_public(definition or {}) else None
        )

    def service_url(self, host: str) -> str:
        """Public URL of a service's host name. Services are reached by the scheme that Tidegate is reached by."""
        scheme = urlsplit(self.url).scheme
        return f"{scheme}://{host}" + (f":{self.port}" if self.port else "")


_TIMES = {
    "settle": "TIDEGATE_SETTLE_SECONDS",
    "no_checks": "TIDEGATE_NO_CHECKS_SECONDS",
    "wait_limit": "TIDEGATE_WAIT_LIMIT_SECONDS",
    "fetch": "TIDEGATE_FETCH_TIMEOUT",
    "build": "TIDEGATE_BUILD_TIMEOUT",
    "pre_deploy": "TIDEGATE_PRE_DEPLOY_TIMEOUT",
    "start": "TIDEGATE_START_TIMEOUT",
    "patience": "TIDEGATE_PATIENCE_SECONDS",
    "run": "TIDEGATE_RUN_TIMEOUT",
    "grace": "TIDEGATE_GRACE_SECONDS",
    "overlap": "TIDEGATE_OVERLAP_SECONDS",
    "lease": "TIDEGATE_LEASE_SECONDS",
    "sweep": "TIDEGATE_SWEEP_SECONDS",
    "catch_up": "TIDEGATE_CATCH_UP_SECONDS",
    "poll": "TIDEGATE_POLL_SECONDS",
    "probe": "TIDEGATE_PROBE_TIMEOUT",
    "clean": "TIDEGATE_CLEAN_SECONDS",
    "probe_interval": "TIDEGATE_PROBE_SECONDS",
    "unhealthy": "TIDEGATE_UNHEALTHY_SECONDS",
    "measure": "TIDEGATE_MEASURE_SECONDS",
    "purge": "TIDEGATE_PURGE_TIMEOUT",
}


def _retention(reader: Environment) -> Rules:
    default = Rules()
    return Rules(
        images=reader.whole("TIDEGATE_KEEP_IMAGES", default.images),
        cache=reader.gigabytes("TIDEGATE_BUILD_CACHE_GB", _CACHE)
        if reader.switch("TIDEGATE_PRUNE_BUILD_CACHE", default=True)
        else None,
        logs=timedelta(days=reader.whole("TIDEGATE_LOG_DAYS", default.logs.days)),
    )


def _secret_keys(reader: Environment) -> tuple[str, ...]:
    name = "TIDEGATE_SECRET_KEY"
    hint = "make one with `openssl rand -base64 32` and keep it: what is stored can't be read without it"
    keys = tuple(key.strip() for key in reader.required(name, hint).split(",") if key.strip())
    if any(len(key) < _SHORTEST_KEY for key in keys):
        reader.problem(name, f"holds a key of less than {_SHORTEST_KEY} characters", hint)
    return keys


def _metrics_token(reader: Environment) -> str | None:
    name = "TIDEGATE_METRICS_TOKEN"
    token = reader.optional(name)
    if token is not None and len(token) < _SHORTEST_KEY:
        reader.problem(name, f"has less than {_SHORTEST_KEY} characters", "make one with `openssl rand -hex 32`")
    return token


def _ports(reader: Environment) -> tuple[int, ...]:
    name = "TIDEGATE_CLOSED_PORTS"
    words = reader.words(name, tuple(map(str, PORTS)))
    if any(not (word.isascii() and word.isdigit() and 0 < int(word) < 2**16) for word in words):
        reader.problem(name, "is not a list of ports", f"such as {' '.join(map(str, PORTS))}, which is the default")
        return PORTS
    return tuple(map(int, words))


_DOMAIN = "the domain below which services get their names, such as apps.example.com; with a port if need be"
_CACHE = 20
_SHORTEST_KEY = 16
