"""The Docker hosts of TIDEGATE_HOSTS, as they are written there."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from tidegate.environment import Environment

VARIABLE = "TIDEGATE_HOSTS"
_DEFAULT = "local unix:///var/run/docker.sock"
_FORM = (
    "write `name url [region] [address=IP] [certs=DIRECTORY]`, one a line or between commas, or the path of a file "
    "with such lines; URLs begin with unix:// or tcp://"
)
_OPTIONS = {"address", "certs"}


@dataclass(frozen=True)
class Host:
    """A Docker Engine: unix:///path, or tcp://host:port with the directory of its `certificates`. `region` is a label
    of ours. `address`: an IP address of the host at which it publishes its instances' ports; None where they are
    reached at their own addresses, since it runs on this machine."""

    name: str
    url: str
    region: str = "local"
    address: str | None = None
    certificates: str | None = None


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
    if not 2 <= len(plain) <= 3 or options.keys() - _OPTIONS:
        raise _Mistake("is not a list of Docker hosts")
    name, url, region = *plain, *["local"] * (3 - len(plain))
    certificates, address = options.get("certs"), options.get("address")
    scheme, host = _scheme_and_host(url)
    if scheme == "ssh":
        hint = "use tcp:// with certificates, or forward the host's socket to a unix:// one by ssh"
        raise _Mistake(f"names {name} by ssh://, which this version doesn't speak", hint)
    if scheme not in {"unix", "tcp"}:
        raise _Mistake("is not a list of Docker hosts")
    if (scheme == "tcp") is (certificates is None):
        hint = "add certs=DIRECTORY with ca.pem, cert.pem and key.pem; else whoever reaches it is root there"
        raise _Mistake(f"names {name} by {scheme}:// {'without' if scheme == 'tcp' else 'with'} certificates", hint)
    if scheme == "tcp" and address is None:
        address = host
    if address is not None and not _is_ip(address):
        hint = "add address=IP: the host's own address at which its instances are reached from here"
        raise _Mistake(f"names {name} without an IP address", hint)
    return Host(name, url, region, address, certificates)


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
