"""The Docker hosts of TIDEGATE_HOSTS, as they are written there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from tidegate.environment import Environment

VARIABLE = "TIDEGATE_HOSTS"
_DEFAULT = "local unix:///var/run/docker.sock"
_FORM = (
    "write `name url [region] [address=IP] [certs=DIRECTORY] [key=FILE] [known_hosts=FILE]`, one a line or between "
    "commas, or the path of a file with such lines; URLs begin with unix://, tcp:// or ssh://"
)
#: Which options each kind of URL takes.
_OPTIONS = {
    "unix": {"address"},
    "tcp": {"address", "certs"},
    "ssh": {"address", "key", "known_hosts"},
}
_ALL_OPTIONS = frozenset().union(*_OPTIONS.values())
#: An ssh:// URL; its path, where it has one, is that of the engine's socket. A name may not begin like an option.
_SSH = re.compile(r"ssh://([A-Za-z0-9_][\w.-]*@)?(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9][A-Za-z0-9.-]*)(:\d{1,5})?(/[\w./-]+)?")


@dataclass(frozen=True)
class Host:
    """A Docker Engine: unix:///path; tcp://host:port with the directory of its `certificates`; or ssh://user@host:port
    with the files of our private `key` and of the host's own (`known_hosts`), None where ssh finds them itself.
    `region` is a label of ours. `address`: an IP address of the host at which it publishes its instances' ports; None
    where they are reached at their own addresses, since it runs on this machine."""

    name: str
    url: str
    region: str = "local"
    address: str | None = None
    certificates: str | None = None
    key: str | None = None
    known_hosts: str | None = None

    @property
    def local(self) -> bool:
        """Whether it is this machine."""
        return self.url.startswith("unix://")

    @property
    def by_ssh(self) -> bool:
        return self.url.startswith("ssh://")


def hosts(reader: Environment) -> tuple[Host, ...]:
    """All of them; what is wrong is told to the reader."""
    value = reader.text(VARIABLE, _DEFAULT)
    text = value if "://" in value else reader.file(VARIABLE, value, _FORM)
    lines = [line.split("#")[0].split() for line in text.replace(",", "\n").splitlines()]
    found: list[Host] = []
    for words in filter(None, lines):
        try:
            found.append(_host(words))
        except _Mistake as mistake:
            reader.problem(VARIABLE, str(mistake), mistake.hint)
            return ()
    if text and not found:
        reader.problem(VARIABLE, "is not a list of Docker hosts", _FORM)
    elif len({host.name for host in found}) < len(found):
        reader.problem(VARIABLE, "names a host twice", "each host needs a name of its own")
    return tuple(found)


class _Mistake(Exception):
    def __init__(self, what: str, hint: str = _FORM) -> None:
        super().__init__(what)
        self.hint = hint


def _host(words: list[str]) -> Host:
    plain = [word for word in words if "=" not in word]
    options = dict(word.split("=", 1) for word in words if "=" in word)
    if not 2 <= len(plain) <= 3:
        raise _Mistake("is not a list of Docker hosts")
    name, url, region = *plain, *["local"] * (3 - len(plain))
    certificates, address = options.get("certs"), options.get("address")
    scheme, host = _scheme_and_host(url)
    if scheme not in _OPTIONS or options.keys() - _ALL_OPTIONS:
        raise _Mistake("is not a list of Docker hosts")
    if scheme == "tcp" and certificates is None:
        hint = "add certs=DIRECTORY with ca.pem, cert.pem and key.pem; else whoever reaches it is root there"
        raise _Mistake(f"names {name} by tcp:// without certificates", hint)
    if foreign := sorted(options.keys() - _OPTIONS[scheme]):
        raise _Mistake(
            f"names {name} by {scheme}:// with {foreign[0]}=",
            "certs= is for tcp://; key= and known_hosts= are for ssh://",
        )
    if scheme == "ssh" and not _SSH.fullmatch(url):
        hint = "write ssh://user@host[:port][/path/of/docker.sock]; ssh signs in with a key, never with a password"
        raise _Mistake(f"names {name} by a URL that isn't one of ssh's", hint)
    if scheme != "unix" and address is None:
        address = host
    if address is not None and not _is_ip(address):
        hint = "add address=IP: the host's own address at which its instances are reached from here"
        raise _Mistake(f"names {name} without an IP address", hint)
    return Host(name, url, region, address, certificates, options.get("key"), options.get("known_hosts"))


def _scheme_and_host(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", ""
    return parts.scheme, parts.hostname or ""


def _is_ip(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
