"""What a field of the deploy file may hold. Each rule takes the text and returns it normalised, or raises a mistake."""

from __future__ import annotations

import posixpath
import re
import shlex

from tidegate import globs, imagename, site
from tidegate import schedule as schedules
from tidegate.blueprint.problem import mistake

#: Leaves room in a DNS label (63 characters) for `-pr-12345` and `-0123abc`.
LONGEST_NAME = 40
#: Docker refuses less.
_LEAST_MEMORY = 6 * 2**20

#: First parts of paths; "" is the root itself.
_NO_DISKS = frozenset({"", "bin", "dev", "etc", "lib", "lib64", "proc", "sbin", "sys", "usr"})
_ANY_PATH = "Mount it somewhere else, such as `/data` or `/var/lib/app`."

#: Patterns of whole texts, for the schema as well.
NAME = r"[a-z0-9]([a-z0-9-]*[a-z0-9])?"
VARIABLE = r"[A-Za-z_][A-Za-z0-9_]*"
MEMORY = r"\s*\d+(\.\d+)?\s*[KMGTkmgt]?([Ii]?[Bb])?\s*"
FROM_THE_ROOT = r"/.*"

_NAME = re.compile(NAME)
_PREVIEW = re.compile(r".*-pr-\d+")
_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(\.{_LABEL})+")
_VARIABLE = re.compile(VARIABLE)
_ADDRESS = re.compile(r"https?://[^/?#]")
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
#: What says of an answer's body what only who sends it knows.
_OF_THE_ANSWER = frozenset(
    {"connection", "content-encoding", "content-length", "content-range", "date", "etag", "last-modified", "location"}
    | {"transfer-encoding", "trailer", "upgrade", "accept-ranges"}
)
_LONGEST_RULE = 2000
_MEMORY = re.compile(r"(\d+(?:\.\d+)?)\s*([KMGT]?)(?:i?B)?", re.IGNORECASE)
_QUOTED = re.compile(r"'[^']*'|\"(?:\\.|[^\"\\])*\"|\\.")
_SHELL_SYNTAX = re.compile(r"[;&|<>`]|\$[\w{(]")
_SHELL_CALL = re.compile(r"((?:/\S*/)?(?:ba|da|a|z|k)?sh\s+-[a-z]*c)\s+(.*)", re.DOTALL)


def service_name(text: str) -> str:
    if not _NAME.fullmatch(text):
        better = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
        raise mistake(
            f"`{text}` can't be a service's name: it becomes part of a host name.",
            "Use lower-case letters, digits and inner hyphens" + (f": `{better}`." if better else "."),
        )
    if len(text) > LONGEST_NAME:
        raise mistake(f"The name is {len(text)} characters long.", f"Use at most {LONGEST_NAME}.")
    if _PREVIEW.fullmatch(text):
        raise mistake(
            f"`{text}` ends like the host name of a preview.", "Choose a name that does not end in `-pr-<number>`."
        )
    return text


def directory(text: str) -> str:
    """Relative, without `.` and outer slashes; "" for the directory itself."""
    if text.startswith("/"):
        raise mistake(
            f"`{text}` is absolute.", f"Write it as seen from the repository's root: `{text.strip('/') or '.'}`."
        )
    normal = posixpath.normpath(text) if text else "."
    if normal == ".." or normal.startswith("../"):
        raise mistake(f"`{text}` leads out of its directory.", "Name one within it.")
    return "" if normal == "." else normal


def file_path(text: str) -> str:
    normal = directory(text)
    if not normal or text.endswith("/"):
        raise mistake(f"`{text}` names no file.", "Write the path of a file, such as `./Dockerfile`.")
    return normal


def glob(text: str) -> str:
    try:
        globs.Glob(text)
    except globs.BadGlob as bad:
        raise mistake(_sentence(str(bad)), _sentence(bad.hint)) from None
    return text


def image_name(text: str) -> str:
    try:
        imagename.parse(text)
    except imagename.BadImageName as bad:
        raise mistake(_sentence(str(bad)), _sentence(bad.hint)) from None
    return text


def schedule(text: str) -> str:
    try:
        return schedules.read(text)
    except schedules.BadSchedule as bad:
        raise mistake(str(bad), bad.hint) from None


def health_path(text: str) -> str:
    if not text.startswith("/"):
        raise mistake(f"`{text}` is not a path.", f"Begin it with a slash: `/{text}`.")
    if not text.isprintable() or " " in text:
        raise mistake("The path holds white space.", "Write a space as `%20`.")
    return text


def mount_path(text: str) -> str:
    normal = posixpath.normpath(text)
    if not text.startswith("/") or not normal.isprintable():
        raise mistake(f"`{text}` is not an absolute path.", f"Begin it with a slash: `/{text.lstrip('/')}`.")
    first = normal.lstrip("/").split("/")[0]
    if first in _NO_DISKS:
        raise mistake(f"A disk can't be at `{text}`: nothing would run without what the image has there.", _ANY_PATH)
    return f"/{normal.lstrip('/')}"


def disk_name(text: str) -> str:
    if not _NAME.fullmatch(text) or len(text) > LONGEST_NAME:
        raise mistake(
            f"`{text}` can't be a disk's name.",
            f"Use lower-case letters, digits and inner hyphens, at most {LONGEST_NAME}.",
        )
    return text


def request_path(text: str) -> str:
    """With `*` and `:name`, as static sites have it."""
    if not text.startswith("/"):
        raise mistake(f"`{text}` is not a path.", f"Begin it with a slash: `/{text}`.")
    return _in_an_address(text, "?#")


def destination(text: str) -> str:
    if not text.startswith("/") and not _ADDRESS.match(text):
        raise mistake(f"`{text}` is neither a path nor an address.", f"Write `/{text}`, or `https://…`.")
    if text.startswith("//"):
        raise mistake(f"`{text}` leads to another host, though it looks like a path.", f"Write `https:{text}`.")
    return _in_an_address(text, "")


def _in_an_address(text: str, but: str) -> str:
    found = next((each for each in text if not each.isprintable() or each in f" \\{but}"), None)
    if found is not None or len(text) > _LONGEST_RULE:
        wrong = f"holds {found!r}" if found is not None else f"is longer than {_LONGEST_RULE} characters"
        raise mistake(f"The path {wrong}.", "Write a path as a browser shows it; a space is `%20`.")
    return text


def route(told: site.Route) -> None:
    try:
        site.checked(told)
    except site.BadRule as bad:
        raise mistake(str(bad), bad.hint) from None


def header_name(text: str) -> str:
    if not _HEADER.fullmatch(text):
        raise mistake(f"`{text}` can't be a header's name.", "Write it as in `X-Frame-Options`.")
    if text.lower() in _OF_THE_ANSWER:
        raise mistake(f"`{text}` is made for each answer.", "Remove it.")
    return text


def header_value(text: str) -> str:
    if not text.isprintable() or not text.isascii() or len(text) > _LONGEST_RULE:
        raise mistake("The value can't be sent.", f"Write printable ASCII, of at most {_LONGEST_RULE} characters.")
    return text


def domain(text: str) -> str:
    lower = text.lower()
    if lower.startswith("*."):
        raise mistake(f"`{text}` is a wildcard, which this version does not serve yet.", "Name each domain.")
    if not _DOMAIN.fullmatch(lower) or len(lower) > 253:
        raise mistake(f"`{text}` is not a domain name.", "Write it without scheme, port and path: `www.example.com`.")
    return lower


def variable_name(text: str) -> str:
    if not _VARIABLE.fullmatch(text):
        raise mistake(f"`{text}` can't be a variable's name.", "Use letters, digits and underscores, a letter first.")
    if text == "PORT":
        raise mistake("`PORT` is set from the service's `port`.", "Remove the variable and set `port:` instead.")
    if text.startswith("TIDEGATE_"):
        raise mistake(
            f"`{text}` is ours: names that begin with `TIDEGATE_` are set by the server.", "Choose another name."
        )
    return text


def memory_size(text: str) -> str:
    if not _MEMORY.fullmatch(text.strip()):
        raise mistake(f"`{text}` is not an amount of memory.", "Write a number and a unit, such as `512MB` or `1GB`.")
    if memory_bytes(text) < _LEAST_MEMORY:
        raise mistake(f"`{text}` is less than a container can run in.", "Write at least `6MB`, with its unit.")
    return text.strip()


def memory_bytes(text: str) -> int:
    """Of a text that passed `memory_size`. MB and MiB both mean 2²⁰ bytes, as Docker's `512m` does."""
    found = _MEMORY.fullmatch(text.strip())
    assert found is not None
    return int(float(found[1]) * 1024 ** " KMGT".index(found[2].upper() or " "))


def command(text: str) -> str:
    """Refuses what would only work in a shell, and text that a shell would refuse."""
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise mistake(f"The command can't be split into words: {str(error).lower()}.", "Close the quote.") from None
    if not words:
        raise mistake("The command is empty.", "Remove it to run the image's own command.")
    found = _SHELL_SYNTAX.search(_QUOTED.sub("", text))
    if found and not _SHELL_CALL.fullmatch(text.strip()):
        raise mistake(
            f"The command uses `{found.group()}`, but it is run without a shell.", "Give it to one: `/bin/sh -c '…'`."
        )
    return text


def script(text: str) -> str:
    """For a shell: anything but nothing."""
    if not text.strip():
        raise mistake("The command is empty.", "Remove it; what the tree tells is done then.")
    return text.strip()


def command_words(text: str) -> tuple[str, ...]:
    """The argument list. What follows `sh -c` is one script, quoted or not (Render documents it without quotes:
    `/bin/bash -c python manage.py migrate && gunicorn …`)."""
    words = shlex.split(text)
    shell = _SHELL_CALL.fullmatch(text.strip())
    if shell and len(words) > 3:
        return (*shell[1].split(), shell[2])
    return tuple(words)


def _sentence(clause: str) -> str:
    return f"{clause[0].upper()}{clause[1:]}." if clause else ""
