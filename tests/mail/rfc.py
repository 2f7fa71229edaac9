"""Raw mail against RFC 5322, 2045–2047, 2231: written from the grammars, with none of the code under test."""

import base64
import binascii
import re
from collections import Counter
from datetime import datetime
from urllib.parse import unquote_to_bytes

TOP = Counter(
    ("Date", "From", "To", "Subject", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"),
)
_LEAVES = (
    Counter(("Content-Type", "Content-Transfer-Encoding")),
    Counter(("Content-Type", "Content-Transfer-Encoding", "Content-Disposition")),
)
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_DOT_ATOM = rf"{_ATOM}(?:\.{_ATOM})*"
_DATE = re.compile(
    r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{1,2} (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4}"
    r" \d\d:\d\d:\d\d [+-]\d{4}"
)
_WORD = re.compile(r"=\?utf-8\?B\?([A-Za-z0-9+/]+={0,2})\?=")
_WORDS = rf"{_WORD.pattern}(?: {_WORD.pattern})*"
_VALUES = {
    "Date": _DATE.pattern,
    "From": rf"(?:{_WORDS} )?<{_DOT_ATOM}@{_DOT_ATOM}>|{_DOT_ATOM}@{_DOT_ATOM}",
    "To": rf"{_DOT_ATOM}@{_DOT_ATOM}|undisclosed-recipients:;",
    "Subject": rf"(?:{_WORDS})?",
    "Message-ID": rf"<{_DOT_ATOM}@{_DOT_ATOM}>",
    "Auto-Submitted": "auto-generated",
    "MIME-Version": r"1\.0",
    "Content-Transfer-Encoding": "base64",
}
_TOKEN = r"[A-Za-z0-9!#$&^_.+-]+"
_PARAMETER = re.compile(rf'; ({_TOKEN}\*?)=("(?:[^"\\\r\n]|\\.)*"|[^\s;"]+)')
# RFC 2231, 7: attribute-char, or a byte as %XX.
_EXTENDED = re.compile(r"utf-8''(?:[A-Za-z0-9!#$&+.^_`{|}~-]|%[0-9A-F]{2})+")
_BOUNDARY = re.compile(r"[A-Za-z0-9'()+_,./:=? -]{0,69}[A-Za-z0-9'()+_,./:=?-]")
# These cannot be folded: one value without a space in it, or a type whose name is that long.
_UNFOLDABLE = re.compile(rf" filename\*=\S+|Content-Type: {_TOKEN}/{_TOKEN};")

Headers = list[tuple[str, str]]


def violations(mime: bytes) -> list[str]:
    """Every rule the message breaks, in words; [] for a clean one."""
    found = list(_octets(mime))
    try:
        text = mime.decode("ascii")
    except UnicodeDecodeError:
        return found
    headers, body = _parted(text)
    found += _headers(headers, allowed=(TOP,))
    return found + _multipart(headers, body)


def _octets(mime: bytes) -> list[str]:
    found = []
    if set(mime) - set(range(32, 127)) - {9, 10, 13}:
        found.append("bytes that are neither printable ASCII nor line ends")
    if re.search(rb"\r(?!\n)|(?<!\r)\n", mime):
        found.append("a line end that is not CRLF")
    if not mime.endswith(b"\r\n"):
        found.append("no line end at the end")
    return found


def _parted(entity: str) -> tuple[Headers, str]:
    head, _, body = entity.partition("\r\n\r\n")
    # RFC 2046, 5.1.1: where a part is empty, its blank line is the one that belongs to the next boundary.
    lines = head.removesuffix("\r\n").split("\r\n")
    found: Headers = []
    for line in lines:
        if line[:1] in {" ", "\t"} and found:
            name, value = found[-1]
            found[-1] = (name, f"{value}\r\n{line}")
        else:
            name, _, value = line.partition(":")
            found.append((name, value))
    return found, body


def _headers(headers: Headers, *, allowed: tuple[Counter[str], ...]) -> list[str]:
    found = []
    if Counter(name for name, _value in headers) not in allowed:
        found.append(f"headers {[name for name, _value in headers]}")
    for name, raw in headers:
        found += _lines(name, raw)
        value = raw.replace("\r\n", "").removeprefix(" ")
        if name in _VALUES and not re.fullmatch(_VALUES[name], value):
            found.append(f"{name} is “{value}”")
        found += _words(value)
        if name == "Date" and _DATE.fullmatch(value):
            found += _weekday(value)
        if name in {"Content-Type", "Content-Disposition"}:
            found += _parameters(name, value)
    return found


def _lines(name: str, raw: str) -> list[str]:
    found = []
    for line in f"{name}:{raw}".split("\r\n"):
        if len(line) > 998 or (len(line) > 78 and not _UNFOLDABLE.fullmatch(line)):
            found.append(f"a header line of {len(line)} characters: {line}")
        if not line.strip():
            found.append(f"{name} is folded into an empty line")
        if "=?" in line and len(line) > 76:
            found.append(f"a line with encoded words of {len(line)} characters")
    return found


def _words(value: str) -> list[str]:
    found = []
    for word in re.findall(r"=\?\S*\?=", value):
        match = _WORD.fullmatch(word)
        if not match or len(word) > 75:
            found.append(f"“{word}” is no encoded word")
        elif not _is_text(match[1]):
            found.append(f"“{word}” does not hold whole characters")
    return found


def _is_text(encoded: str) -> bool:
    try:
        base64.b64decode(encoded, validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return False
    return True


def _weekday(value: str) -> list[str]:
    moment = datetime.strptime(value, "%a, %d %b %Y %H:%M:%S %z")
    return [] if f"{moment:%a}" == value[:3] else [f"{value} is a {moment:%A}"]


def _parameters(name: str, value: str) -> list[str]:
    kind = re.match(rf"{_TOKEN}/{_TOKEN}|attachment", value)
    if not kind:
        return [f"{name} is “{value}”"]
    rest = value[kind.end() :]
    parameters = _PARAMETER.findall(rest)
    found = []
    if "".join(f"; {key}={given}" for key, given in parameters) != rest:
        found.append(f"{name} has parameters “{rest}”")
    if len({key for key, _given in parameters}) < len(parameters):
        found.append(f"{name} has a parameter twice")
    for key, given in parameters:
        if key.endswith("*"):
            found += _extended(given)
        elif key == "boundary" and not _BOUNDARY.fullmatch(given.strip('"')):
            found.append(f"boundary {given}")
    return found


def _extended(given: str) -> list[str]:
    if not _EXTENDED.fullmatch(given):
        return [f"“{given}” is not as RFC 2231 writes it"]
    try:
        unquote_to_bytes(given.removeprefix("utf-8''")).decode("utf-8")
    except UnicodeDecodeError:
        return [f"“{given}” is not UTF-8"]
    return []


def _multipart(headers: Headers, body: str) -> list[str]:
    value = dict(headers)["Content-Type"].replace("\r\n", "")
    boundary = dict(_PARAMETER.findall(value))["boundary"].strip('"')
    preamble, *parts, end = ("\r\n" + body).split(f"\r\n--{boundary}")
    found = []
    if preamble or end != "--\r\n" or not parts:
        found.append(f"a multipart that begins with “{preamble}” and ends with “{end}”")
    for part in parts:
        found += _part(part.removeprefix("\r\n"))
    return found


def _part(part: str) -> list[str]:
    headers, body = _parted(part)
    if dict(headers)["Content-Type"].lstrip().startswith("multipart/"):
        return _headers(headers, allowed=(Counter(("Content-Type",)),)) + _multipart(headers, body + "\r\n")
    found = _headers(headers, allowed=_LEAVES)
    lines = body.split("\r\n")
    if any(len(line) > 76 for line in lines):
        found.append("base64 on lines over 76 characters")
    try:
        base64.b64decode("".join(lines), validate=True)
    except binascii.Error:
        found.append("a body that is not base64")
    return found
