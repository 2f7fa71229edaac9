"""Codes on posters: four to six letters, the last of which tells a mistyped code from an unknown one.

The check letter is a weighted sum modulo 23, and there are 23 letters: as 23 is prime, one wrong letter and two
neighbours in the wrong order are always noticed.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

CODE_LETTERS = "34679ACDEFGHJKMNPQRTWXY"
"""Without the pairs people mix up when they read a code aloud: 0 O, 1 I L, 2 Z, 5 S, 8 B, U V."""
CODE_LENGTHS = range(4, 7)

_VALUES = {letter: value for value, letter in enumerate(CODE_LETTERS)}


class Spelling(StrEnum):
    """What a code looks like before anybody has looked it up."""

    WELL = "well"
    MISTYPED = "mistyped"  # of the right length, or with a letter that no code has: copied wrongly from a poster
    NO_CODE = "no code"  # too short or too long to be one


@dataclass(frozen=True)
class CodeReading:
    """A code as it was meant, in capitals and without spaces; `spelling` says whether it can be one."""

    code: str
    spelling: Spelling


def check_letter(data: str) -> str:
    """The letter that makes a code of three to five letters.

    Raises:
        ValueError: a letter that no code has, or too few or too many.

    >>> check_letter("K7W")
    'M'
    """
    if len(data) + 1 not in CODE_LENGTHS or not set(data) <= set(CODE_LETTERS):
        raise ValueError(f"{data!r} is no code without its check letter")
    # Weights 2, 3, … from the right: the check letter itself has 1, and the whole code sums to 0.
    total = sum(weight * _VALUES[letter] for weight, letter in enumerate(reversed(data), start=2))
    return CODE_LETTERS[-total % len(CODE_LETTERS)]


def corrected(code: str) -> str:
    """The code with the check letter that it should have; "" where more than that is wrong with it.

    >>> corrected("K7WX"), corrected("K7W0"), corrected("K7")
    ('K7WM', '', '')
    """
    if len(code) not in CODE_LENGTHS or not set(code) <= set(CODE_LETTERS):
        return ""
    return code[:-1] + check_letter(code[:-1])


def is_code(text: str) -> bool:
    """Whether `text` is a code to the letter, check letter and all."""
    return read_code(text) == CodeReading(text, Spelling.WELL)


def read_code(typed: str) -> CodeReading:
    """What somebody typed, or scanned, as a code: small and full-width letters, spaces and dashes are fine.

    >>> read_code(" k7-wm ")
    CodeReading(code='K7WM', spelling=<Spelling.WELL: 'well'>)
    >>> read_code("K7MW").spelling, read_code("K7W0").spelling, read_code("K7").spelling
    (<Spelling.MISTYPED: 'mistyped'>, <Spelling.MISTYPED: 'mistyped'>, <Spelling.NO_CODE: 'no code'>)
    """
    code = re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", typed)).upper()
    if len(code) not in CODE_LENGTHS:
        return CodeReading(code, Spelling.NO_CODE)
    return CodeReading(code, Spelling.WELL if code == corrected(code) else Spelling.MISTYPED)
