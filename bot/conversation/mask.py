"""Hides personal numbers and addresses before anything is stored, logged or sent on.

A number too many hidden costs a question; a CPR number kept is a data breach. Where a writing can be both, it is hidden.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from phonenumbers import PhoneNumberMatcher
from stdnum import iban, luhn

LABELS = {
    "cpr": "[CPR-nummer]",
    "card": "[kortnummer]",
    "account": "[kontonummer]",
    "email": "[e-mail]",
    "phone": "[telefonnummer]",
}
Span = tuple[int, int]


@dataclass(frozen=True)
class Masked:
    """`text` with labels in place of what was hidden; `kinds` are the keys of LABELS found, in order of appearance."""

    text: str
    kinds: tuple[str, ...]


def mask(text: str, only: Sequence[str] = tuple(LABELS)) -> Masked:
    """Hide CPR numbers, payment cards, bank accounts, e-mail addresses and telephone numbers, or `only` some of these."""
    plain = _plain_signs(text)
    found: list[tuple[Span, str]] = []
    for kind, spans in _FINDERS:
        if kind not in only:
            continue
        for start, end in spans(plain):
            found.append(((start, end), kind))
            # What one finder has taken is out of reach of the next.
            plain = _taken(plain, start, end)
    found.sort()
    pieces, at = [], 0
    for (start, end), kind in found:
        pieces += [text[at:start], LABELS[kind]]
        at = end
    return Masked("".join(pieces) + text[at:], tuple(dict.fromkeys(kind for _, kind in found)))


def _taken(text: str, start: int, end: int) -> str:
    return text[:start] + "\0" * (end - start) + text[end:]


_DASHES = dict.fromkeys("‐‑‒–—―−﹣-", "-")
_SIGNS = _DASHES | {"．": ".", "／": "/", "＠": "@"}


def _plain_signs(text: str) -> str:
    """The same length, with every script's digits, dashes and spaces in their plain form."""
    if text.isascii():
        return text
    return "".join(map(_plain_sign, text))


def _plain_sign(sign: str) -> str:
    if sign in _SIGNS:
        return _SIGNS[sign]
    digit = unicodedata.decimal(sign, None)
    if digit is not None:
        return str(digit)
    return " " if unicodedata.category(sign) == "Zs" else sign


# CPR ----------------------------------------------------------------------------------------------------------------

_CPR_WRITINGS = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # 010203-1234, 0102031234, 010203 - 1234, 010203/1234
        r"(?<!\d)(?P<day>\d\d)(?P<month>\d\d)\d\d(?P<sep>[\s.\-/:_*]{0,4})\d{4}(?!\d)",
        # 01.02.03-1234, 01 02 03 1234, 01/02/03 - 1234; the same sign both times, so that 2012-123456 is a case number
        r"(?<!\d)(?P<day>\d\d)(?P<dot>[ ./-])(?P<month>\d\d)(?P=dot)\d\d(?P<sep>[\s.\-/:_*]{0,4})\d{4}(?!\d)",
        # 1.2.1903-1234: with the whole year only before a dash, as 01.02.2024 1430 is a date and a time
        r"(?<!\d)(?P<day>\d\d?)(?P<dot>[ ./-])(?P<month>\d\d?)(?P=dot)(?:19|20)\d\d(?P<sep>\s?-\s?)\d{4}(?!\d)",
        r"(?<!\d)(?P<day>\d\d)(?P<month>\d\d)(?:19|20)\d\d(?P<sep>\s?-\s?)\d{4}(?!\d)",
        # 0 1 0 2 0 3 1 2 3 4 and 01 02 03 12 34, not as a part of a longer row
        r"(?<!\d)(?<!\d[ -])(?P<day>\d ?\d) ?(?P<month>\d ?\d) ?\d ?\d(?P<sep>[ -]{0,3})\d ?\d ?\d ?\d(?![ -]?\d)",
        # 010203 og de sidste fire er 1234
        r"(?<!\d)(?P<day>\d\d)[ ./-]?(?P<month>\d\d)[ ./-]?(?:19|20)?\d\d(?!\d)(?P<sep>\D{0,30}"
        r"(?:sidste|fire|løbenummer|kontrol)\D{0,30}(?:4\s?(?:cifre|tal)?\D{1,15})?)\d{4}(?!\d)",
    )
]
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_REPLACEMENT_DAY = 60
"""Replacement CPR numbers have 60 added to the day."""


def _is_day(day: str, month: str, separated: bool) -> bool:
    """Whether the two can begin a CPR number. No modulus 11: it doesn't hold for numbers given since 2007."""
    d, m = int(day.replace(" ", "")), int(month.replace(" ", ""))
    if separated and d > _REPLACEMENT_DAY:
        d -= _REPLACEMENT_DAY
    return 1 <= m <= 12 and 1 <= d <= _DAYS[m - 1]


def _cpr(text: str) -> Iterator[Span]:
    for writing in _CPR_WRITINGS:
        begin = 0
        # Overlapping starts: a number just before must not hide the one that follows.
        while match := writing.search(text, begin):
            if _is_day(match["day"], match["month"], separated="-" in match["sep"]):
                yield match.span()
                text = _taken(text, *match.span())
            begin = match.start() + 1


# Cards and accounts -------------------------------------------------------------------------------------------------

_DIGIT_ROW = re.compile(r"(?<!\d)[2-6]\d{3}(?:[ .-]?\d){10,15}(?!\d)")
_CARD_LENGTHS = (16, 19, 18, 17, 15, 14)
_SECURITY_CODE = re.compile(r"\b(?:cvc|cvv|cvc2|kontrolcifre|sikkerhedskode)\D{0,12}(\d{3,4})(?!\d)", re.IGNORECASE)


def _cards(text: str) -> Iterator[Span]:
    for row in _DIGIT_ROW.finditer(text):
        places = [at for at in range(*row.span()) if text[at].isdigit()]
        for length in _CARD_LENGTHS:
            if length > len(places) or text[places[length - 1] + 1 : places[length - 1] + 2].isdigit():
                continue
            if luhn.is_valid("".join(text[at] for at in places[:length])):
                yield row.start(), places[length - 1] + 1
                break
    for code in _SECURITY_CODE.finditer(text):
        yield code.span(1)


_IBAN_SHAPE = re.compile(r"(?<![^\W_])[A-Z]{2}\d\d(?: ?[A-Z0-9]){11,30}", re.IGNORECASE)
_DANISH_IBAN = re.compile(r"(?<![^\W_])DK ?\d\d(?:[ .-]?\d){14}(?!\d)", re.IGNORECASE)
_ACCOUNT_WRITINGS = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # 1234-1234567, 1234 + 0012345678; a year in front is a case number
        r"(?<!\d)(?!(?:19|20)\d\d)(?P<number>\d{4} ?[-/+] ?\d{7,10})(?!\d)",
        r"(?<!\d)(?P<number>\d{4} \d{10})(?!\d)",
        # reg.nr. 1234, konto 1234567
        r"\breg(?:istrerings)?\.? ?-?(?:nr|nummer|no)?\b[\s:.,=]*(?:er )?(?P<number>\d{4}(?:[ .-]?\d){0,10})(?!\d)",
        r"konto(?:en|nr|nummer|no)?\b\.?[\s:.,=]*(?:er |hedder |på )?(?P<number>\d(?:[ .-]{0,3}\d){5,13})(?!\d)",
        r"\baccount(?: number| no)?\b[\s:.]*(?:is )?(?P<number>\d(?:[ .-]{0,3}\d){5,13})(?!\d)",
    )
]


def _ibans(text: str) -> Iterator[Span]:
    for match in _DANISH_IBAN.finditer(text):
        yield match.span()
        text = _taken(text, *match.span())
    for match in _IBAN_SHAPE.finditer(text):
        # The words that follow look like more of the number, so the longest part that is right is the number.
        for end in range(match.end(), match.start() + 14, -1):
            if text[end - 1] != " " and iban.is_valid(text[match.start() : end], check_country=False):
                yield match.start(), end
                break


def _accounts(text: str) -> Iterator[Span]:
    for writing in _ACCOUNT_WRITINGS:
        for match in writing.finditer(text):
            yield match.span("number")
            text = _taken(text, *match.span("number"))


# E-mail and telephone -----------------------------------------------------------------------------------------------

_EMAIL = re.compile(
    r"[\w.+%'-]{1,64}\s?(?:@|\(at\)|\[at\]|\bsnabel-?a\b)\s?[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}", re.IGNORECASE
)
_REFERENCE_BEFORE = re.compile(
    r"(?:ordre|sag|journal|faktura|regning|bilag|kunde|reference|ref|matrikel|ejendom|bbr|cvr|se|ean|gln|vare|måler|aftale|"
    r"medlem|låner|pakke|forsendelse|p)s?[-. ]?(?:nr|nummer|no|id)?[.:#]?\s{0,2}(?:er\s|på\s)?$",
    re.IGNORECASE,
)
_AMOUNT_AFTER = re.compile(r"\s?(?:kr\b|kroner|,-|dkk|euro|m2|kvm)", re.IGNORECASE)
_NOT_A_PHONE = re.compile(
    r"[0-3]?\d[./-][01]?\d[./-](?:19|20)\d\d|(?:19|20)\d\d[./-][01]\d[./-][0-3]\d"  # a date
    r"|(?:19|20)\d\d[ /-]+(?:19|20)\d\d"  # two years
    r"|\d{1,3}(?:\.\d{3})+"  # a large amount
)
_DATE_BEFORE = re.compile(r"\d[./-]$")
_TWO_IN_A_ROW = re.compile(r"(?<![\d+])(?:\+45 ?|0045 ?)?[2-9]\d(?: ?\d\d){3}(?= [2-9]\d(?: ?\d\d){3}(?! ?\d))")


def _phones(text: str) -> Iterator[Span]:
    # Side by side, two numbers look like one that is too long.
    for first in _TWO_IN_A_ROW.finditer(text):
        yield first.span()
        text = _taken(text, *first.span())
    for match in PhoneNumberMatcher(text, "DK"):
        other = (
            _NOT_A_PHONE.fullmatch(match.raw_string)
            or _DATE_BEFORE.search(text[: match.start])
            or _REFERENCE_BEFORE.search(text[max(0, match.start - 30) : match.start])
            or _AMOUNT_AFTER.match(text[match.end :])
        )
        if not other:
            yield match.start + len(match.raw_string) - len(match.raw_string.lstrip()), match.end


def _emails(text: str) -> Iterator[Span]:
    for match in _EMAIL.finditer(text):
        yield match.span()


# Longer numbers first: a card or an IBAN can have a CPR number's digits inside it.
_FINDERS: tuple[tuple[str, Callable[[str], Iterator[Span]]], ...] = (
    ("account", _ibans),
    ("card", _cards),
    ("cpr", _cpr),
    ("account", _accounts),
    ("email", _emails),
    ("phone", _phones),
)
