"""Settings, from the environment, all or nothing: every mistake is told at once, each with how to get it right."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit

from tidegate import skip
from tidegate.gate import GateRules
from tidegate.overlap import Overlap


@dataclass(frozen=True)
class SettingsProblem:
    """`name` of the variable, what is wrong with it, and how to get or write it."""

    name: str
    message: str
    hint: str

    def __str__(self) -> str:
        return f"{self.name} {self.message}: {self.hint}"


class SettingsError(Exception):
    def __init__(self, problems: tuple[SettingsProblem, ...]) -> None:
        lines = [f"  - {problem}" for problem in problems]
        super().__init__("\n".join(["these settings are missing or wrong:", *lines]))
        self.problems = problems


@dataclass(frozen=True)
class Host:
    """A Docker Engine: unix:///path, tcp://host:port or ssh://user@host. `region` is a label of ours."""

    name: str
    url: str
    region: str


@dataclass(frozen=True)
class GitHub:
    api_url: str
    web_url: str
    app_id: int
    private_key: str = field(repr=False)
    webhook_secret: str = field(repr=False)
    client_id: str
    client_secret: str = field(repr=False)


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
    #: How long old instances serve beside the new ones before SIGTERM.
    overlap: float = 60.0
    #: A worker that has not renewed its lease for so long is taken for dead.
    lease: float = 20.0
    sweep: float = 10.0
    #: Between two looks at GitHub for what was missed.
    catch_up: float = 300.0
    probe: float = 5.0

    def gate_rules(self) -> GateRules:
        return GateRules(
            settle=timedelta(seconds=self.settle),
            no_checks=timedelta(seconds=self.no_checks),
            limit=timedelta(seconds=self.wait_limit),
        )


@dataclass(frozen=True)
class Router:
    """`bind` as HAProxy writes it; `directory` holds its configuration, maps and sockets."""

    bind: str
    directory: str


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
    registry_url: str | None
    github: GitHub
    timing: Timing
    router: Router
    deploy_workers: int
    build_ahead: bool
    skip_words: tuple[str, ...]
    overlap_policy: Overlap

    @classmethod
    def from_env(cls, env: Mapping[str, str], read_file: Callable[[str], str]) -> Settings:
        """Reads every setting of every process; empty counts as not set. `read_file` is called for a private key or
        hosts that are given as a path, and may raise OSError. Raises SettingsError with all problems."""
        reader = _Reader({name: value.strip() for name, value in env.items() if value.strip()}, read_file)
        url = reader.url("TIDEGATE_URL", "the public URL of this server, such as https://deploy.example.com")
        domain, port = reader.domain()
        data = reader.text("TIDEGATE_DATA", "/var/lib/tidegate")
        settings = cls(
            url=url,
            domain=domain,
            port=port,
            secret_keys=reader.secret_keys(),
            data=data,
            database_url=reader.text("DATABASE_URL", f"sqlite:///{data}/tidegate.db"),
            redis_url=reader.text("REDIS_URL", "redis://127.0.0.1:6379/0"),
            hosts=reader.hosts(),
            registry_url=reader.env.get("REGISTRY_URL"),
            github=_github(reader),
            timing=Timing(
                **{name: reader.seconds(variable, getattr(Timing, name)) for name, variable in _TIMES.items()}
            ),
            router=Router(reader.text("TIDEGATE_ROUTER_BIND", "*:80"), f"{data}/router"),
            deploy_workers=reader.whole("TIDEGATE_DEPLOY_WORKERS", 2),
            build_ahead=reader.switch("TIDEGATE_BUILD_AHEAD", default=True),
            skip_words=reader.words("TIDEGATE_SKIP_WORDS", skip.DEFAULT),
            overlap_policy=reader.overlap_policy(),
        )
        if reader.problems:
            raise SettingsError(tuple(reader.problems))
        return settings

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
    "overlap": "TIDEGATE_OVERLAP_SECONDS",
    "lease": "TIDEGATE_LEASE_SECONDS",
    "sweep": "TIDEGATE_SWEEP_SECONDS",
    "catch_up": "TIDEGATE_CATCH_UP_SECONDS",
    "probe": "TIDEGATE_PROBE_TIMEOUT",
}


def _github(reader: _Reader) -> GitHub:
    api = reader.url("GITHUB_API_URL", "the address of GitHub's REST API", "https://api.github.com")
    # GitHub Enterprise Server has its API below its own address, at /api/v3.
    web = "https://github.com" if api == "https://api.github.com" else api.removesuffix("/api/v3")
    return GitHub(
        api_url=api,
        web_url=reader.url("GITHUB_WEB_URL", "the address of GitHub's pages", web),
        app_id=reader.whole("GITHUB_APP_ID", None, hint=f"the App's number; {_SETTINGS_PAGE}"),
        private_key=reader.private_key(),
        webhook_secret=reader.required("GITHUB_WEBHOOK_SECRET", f"the secret that GitHub signs with; {_SETTINGS_PAGE}"),
        client_id=reader.required("GITHUB_CLIENT_ID", f"for sign-in; {_SETTINGS_PAGE}"),
        client_secret=reader.required("GITHUB_CLIENT_SECRET", f"for sign-in; make one where {_SETTINGS_PAGE}"),
    )


_SETTINGS_PAGE = "it stands on the App's settings page at GitHub (Settings, Developer settings, GitHub Apps)"
_HOST_FORM = "write `name url [region]`, one a line or between commas, or the path of a file with such lines"


@dataclass
class _Reader:
    """Reads one variable at a time and collects problems; a wrong one gives a harmless value, and reading goes on."""

    env: Mapping[str, str]
    read_file: Callable[[str], str]
    problems: list[SettingsProblem] = field(default_factory=list)

    def problem(self, name: str, message: str, hint: str) -> None:
        self.problems.append(SettingsProblem(name, message, hint))

    def text(self, name: str, default: str) -> str:
        return self.env.get(name, default)

    def required(self, name: str, hint: str) -> str:
        if name not in self.env:
            self.problem(name, "is missing", hint)
        return self.env.get(name, "")

    def url(self, name: str, hint: str, default: str | None = None) -> str:
        value = self.text(name, default) if default else self.required(name, hint)
        if value and (urlsplit(value).scheme not in {"http", "https"} or not urlsplit(value).netloc):
            self.problem(name, "is not a URL", f"it begins with http:// or https://; {hint}")
        return value.rstrip("/")

    def whole(self, name: str, default: int | None, hint: str = "a whole number from 1") -> int:
        value = self.required(name, hint) if default is None else self.text(name, str(default))
        if value and not (value.isascii() and value.isdigit() and int(value) > 0):
            self.problem(name, "is not a whole number from 1", hint)
            return 1
        return int(value or 1)

    def seconds(self, name: str, default: float) -> float:
        try:
            value = float(self.text(name, str(default)))
        except ValueError:
            value = -1.0
        if not 0 <= value < float("inf"):
            self.problem(name, "is not a number of seconds", f"such as {default:g}, which is the default")
        return value

    def switch(self, name: str, *, default: bool) -> bool:
        value = self.text(name, "on" if default else "off").lower()
        if value not in _SWITCH:
            self.problem(name, "is neither on nor off", "write `on` or `off`")
        return _SWITCH.get(value, default)

    def words(self, name: str, default: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(self.env[name].replace(",", " ").split()) if name in self.env else default

    def overlap_policy(self) -> Overlap:
        value = self.text("TIDEGATE_OVERLAP_POLICY", Overlap.WAIT)
        if value not in set(Overlap):
            self.problem("TIDEGATE_OVERLAP_POLICY", "is not a policy", "write `wait` or `override`")
            return Overlap.WAIT
        return Overlap(value)

    def domain(self) -> tuple[str, int | None]:
        hint = "the domain below which services get their names, such as apps.example.com; with a port if need be"
        value = self.required("TIDEGATE_DOMAIN", hint).lower()
        host, _, port = value.partition(":")
        labels = host.split(".")
        if value and not (all(_LABEL.fullmatch(label) for label in labels) and (port.isdigit() or ":" not in value)):
            self.problem("TIDEGATE_DOMAIN", "is not a host name", hint)
            return host, None
        return host, int(port) if port else None

    def secret_keys(self) -> tuple[str, ...]:
        hint = "make one with `openssl rand -base64 32` and keep it: what is stored can't be read without it"
        keys = tuple(key.strip() for key in self.required("TIDEGATE_SECRET_KEY", hint).split(",") if key.strip())
        if not all(len(key) >= _SHORTEST_KEY for key in keys):
            self.problem("TIDEGATE_SECRET_KEY", f"holds a key of less than {_SHORTEST_KEY} characters", hint)
        return keys

    def private_key(self) -> str:
        hint = f"the App's private key (PEM) or the path of its file; generate one where {_SETTINGS_PAGE}"
        value = self.required("GITHUB_PRIVATE_KEY", hint)
        if value and "-----BEGIN" not in value:
            value = self._file("GITHUB_PRIVATE_KEY", value, hint)
        if value and "PRIVATE KEY-----" not in value:
            self.problem("GITHUB_PRIVATE_KEY", "holds no private key", hint)
        # A PEM on one line, as some tools keep variables, has its line breaks written out.
        return value.replace("\\n", "\n")

    def hosts(self) -> tuple[Host, ...]:
        name = "TIDEGATE_HOSTS"
        value = self.text(name, "local unix:///var/run/docker.sock")
        text = value if "://" in value else self._file(name, value, _HOST_FORM)
        lines = [line.split("#")[0].strip() for line in text.replace(",", "\n").splitlines()]
        hosts = tuple(
            Host(*words, *["local"] * (3 - len(words)))
            for line in lines
            if (words := line.split())[1:] and len(words) <= 3
        )
        self._check_hosts(hosts, [line for line in lines if line])
        return hosts

    def _check_hosts(self, hosts: tuple[Host, ...], lines: list[str]) -> None:
        if len(hosts) != len(lines) or any(urlsplit(host.url).scheme not in _ENGINES for host in hosts):
            self.problem(
                "TIDEGATE_HOSTS", "is not a list of Docker hosts", f"{_HOST_FORM}; URLs: unix://, tcp://, ssh://"
            )
        elif len({host.name for host in hosts}) < len(hosts):
            self.problem("TIDEGATE_HOSTS", "names a host twice", "each host needs a name of its own")

    def _file(self, name: str, path: str, hint: str) -> str:
        try:
            return self.read_file(path)
        except (OSError, UnicodeDecodeError) as error:
            self.problem(name, f"names a file that can't be read ({error})", hint)
            return ""


_SWITCH = {"on": True, "true": True, "yes": True, "1": True, "off": False, "false": False, "no": False, "0": False}
_ENGINES = {"unix", "tcp", "ssh"}
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")

_SHORTEST_KEY = 16
