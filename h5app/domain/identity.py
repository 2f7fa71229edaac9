"""Who somebody is: names, ID numbers, telephone numbers and unit codes, as typed on a phone."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from h5app.domain.errors import InvalidAnswerError
from h5app.domain.text import clean_text

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
_ID_LENGTH = 18
_UNIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_UNIT_LENGTH = 18
_OLDEST_YEAR = 1900

# Middle dots people type in minority names, folded to U+00B7 as on identity cards.
_DOTS = str.maketrans(dict.fromkeys("•・‧∙⋅●．", "·"))
_CJK_UNKNOWN_TO_PYTHON = ((0x2EBF0, 0x2EE5F), (0x31350, 0x33479))  # Extensions I, H and J
_NAME_MARKS = frozenset("·-'’. ")

_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"(0\d{2,3})-?([2-9]\d{6,7})(?:-?\d{1,5})?")
_END_DIGITS = 4
_CHINA = re.compile(r"^(?:\+|00)86-?")


@dataclass(frozen=True)
class IdNumber:
    """A checked citizen or residence-permit number and what it says."""

    number: str
    sex: str
    birth: date


def parse_id_number(raw: str, *, on: date) -> IdNumber:
    """Read an ID number as typed: full-width digits, a small x and spaces are fine.

    Address codes are not checked: those of abolished counties stay valid, and residence permits of
    Hong Kong, Macao and Taiwan residents begin 81, 82 or 83. Source: GB 11643, ISO 7064 MOD 11-2.

    Raises:
        InvalidAnswerError: says which place to look at.

    >>> parse_id_number("１１０１０１１９９００１０１００１ｘ", on=date(2026, 1, 1))
    Traceback (most recent call last):
    ...
    h5app.domain.errors.InvalidAnswerError: 身份证号最后一位对不上，请核对第 18 位，也看看前面有没有输错
    """
    number = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", raw)).upper()
    if len(number) != _ID_LENGTH:
        raise InvalidAnswerError(f"身份证号应为 18 位，现在是 {len(number)} 位，请补全或删去多余的")
    for place, char in enumerate(number, start=1):
        if not (char.isascii() and char.isdigit()) and not (place == _ID_LENGTH and char == "X"):
            raise InvalidAnswerError(f"身份证号第 {place} 位应为数字，请改正")
    birth = _birth_date(number, on=on)
    if id_number_with_check(number[:17]) != number:
        raise InvalidAnswerError("身份证号最后一位对不上，请核对第 18 位，也看看前面有没有输错")
    return IdNumber(number=number, sex="男" if int(number[16]) % 2 else "女", birth=birth)


def id_number_with_check(first_17: str) -> str:
    """Seventeen digits with their check character, ISO 7064 MOD 11-2.

    >>> id_number_with_check("11010119900101001")
    '110101199001010015'
    """
    weighed = sum(int(digit) * weight for digit, weight in zip(first_17, _ID_WEIGHTS, strict=True))
    return first_17 + _ID_CHECKS[weighed % 11]


def _birth_date(number: str, *, on: date) -> date:
    try:
        birth = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        birth = date.min
    if birth.year < _OLDEST_YEAR or birth > on:
        raise InvalidAnswerError("身份证号第 7 到 14 位不是一个出生日期，请核对")
    return birth


def parse_name(raw: str) -> str:
    """A person's name: any CJK extension, letters, and the middle dot of minority names, however typed.

    >>> parse_name("阿卜杜拉•买买提"), parse_name("张 三")
    ('阿卜杜拉·买买提', '张三')
    """
    name = clean_text(raw).replace("\u200d", "").translate(_DOTS)
    if not any(char.isascii() for char in name.replace(" ", "")):
        name = name.replace(" ", "")
    if not any(_is_name_letter(char) for char in name):
        raise InvalidAnswerError("请填写姓名，与身份证上一致")
    for char in name:
        if not _is_name_letter(char) and char not in _NAME_MARKS:
            raise InvalidAnswerError(f"姓名里不能有“{char}”，请与身份证上的写法一致")
    return name


def _is_name_letter(char: str) -> bool:
    # Marks cover variation selectors: two ways of writing one ideograph in a name. 〇 is a numeral to Unicode.
    if unicodedata.category(char)[0] in "LM" or char == "〇":
        return True
    return any(first <= ord(char) <= last for first, last in _CJK_UNKNOWN_TO_PYTHON)


def parse_phone(raw: str) -> str:
    """A mobile number as 11 digits, or a land line as `0391-3999920`.

    >>> parse_phone("+86 138 0000 0000"), parse_phone("（0391）3999920")
    ('13800000000', '0391-3999920')
    """
    digits = re.sub(r"[\s()（）.]", "", unicodedata.normalize("NFKC", raw))
    digits = _CHINA.sub("", digits)
    if _MOBILE.fullmatch(digits.replace("-", "")):
        return digits.replace("-", "")
    landline = _LANDLINE.fullmatch(digits)
    if landline:
        area, number = landline.group(1), landline.group(2)
        extension = digits[landline.end(2) :].lstrip("-")
        return f"{area}-{number}" + (f"-{extension}" if extension else "")
    if digits.isascii() and digits.isdigit():
        raise InvalidAnswerError(f"手机号应为 11 位，现在是 {len(digits)} 位，请核对；座机请带区号，如 0391-3999920")
    raise InvalidAnswerError("请填写 11 位手机号；座机请带区号，如 0391-3999920")


def phone_end(raw: str) -> str:
    """The last four digits of a telephone number, however typed; "" where there are fewer.

    >>> phone_end("0391-3999920"), phone_end("８８６６"), phone_end("12")
    ('9920', '8866', '')
    """
    digits = re.sub(r"[^0-9]", "", unicodedata.normalize("NFKC", raw))
    return digits[-_END_DIGITS:] if len(digits) >= _END_DIGITS else ""


def parse_unit_code(raw: str) -> str:
    """A 统一社会信用代码, checked. Source: GB 32100, check character modulo 31.

    >>> parse_unit_code("91350100m000100y43")
    '91350100M000100Y43'
    """
    code = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", raw)).upper()
    if len(code) != _UNIT_LENGTH:
        raise InvalidAnswerError(f"统一社会信用代码应为 18 位，现在是 {len(code)} 位；不清楚可以不填")
    for place, char in enumerate(code, start=1):
        if char not in _UNIT_ALPHABET:
            raise InvalidAnswerError(f"统一社会信用代码第 {place} 位“{char}”不对，请核对；不清楚可以不填")
    weighed = sum(_UNIT_ALPHABET.index(char) * pow(3, place, 31) for place, char in enumerate(code[:17]))
    if _UNIT_ALPHABET[-weighed % 31] != code[17]:
        raise InvalidAnswerError("统一社会信用代码最后一位对不上，请核对；不清楚可以不填")
    return code


def mask_id_number(number: str) -> str:
    """What a console shows of an ID number before somebody asks for it.

    >>> mask_id_number("110101199001010015")
    '1101**********0015'
    """
    return number[:4] + "*" * (len(number) - 8) + number[-4:] if len(number) > 8 else "*" * len(number)


def mask_name(name: str) -> str:
    """What a letter that others might read shows of a name: how it begins, not how long it is.

    >>> mask_name("李建国"), mask_name("李国")
    ('李**', '李**')
    """
    return f"{name[:1]}**"


def mask_phone(number: str) -> str:
    """What a console shows of a telephone number before somebody asks for it.

    >>> mask_phone("13800000000")
    '138****0000'
    """
    return number[:3] + "*" * (len(number) - 7) + number[-4:] if len(number) > 7 else "*" * len(number)
