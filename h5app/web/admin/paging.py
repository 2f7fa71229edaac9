"""Pages of a list, by number."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import request


@dataclass(frozen=True)
class Page:
    """One page of a list; `first` and `last` count from 1 and are 0 where the list is empty."""

    entries: list[dict[str, Any]]
    number: int
    pages: int
    total: int
    first: int
    last: int


def page_of(total: int, *, per_page: int, load: Callable[[int, int], list[dict[str, Any]]]) -> Page:
    """The page that `?page=` asks for; numbers that make no sense lead to the nearest page.

    Args:
        load: limit and offset → lines.
    """
    pages = max(1, -(-total // per_page))
    asked = request.args.get("page", "1")
    number = min(max(int(asked), 1), pages) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 1
    offset = (number - 1) * per_page
    entries = load(per_page, offset)
    return Page(entries, number, pages, total, first=offset + 1 if entries else 0, last=offset + len(entries))
