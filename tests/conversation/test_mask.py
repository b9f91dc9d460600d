"""What is hidden, and what must be left alone."""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.mask import LABELS, Masked, mask

CPR = [
    "010203-1234",
    "0102031234",
    "010203 1234",
    "010203 - 1234",
    "010203--1234",
    "010203–1234",
    "010203—1234",
    "010203−1234",
    "010203/1234",
    "010203.1234",
    "010203:1234",
    "010203_1234",
    "010203\n1234",
    "010203\u00a01234",
    "01.02.03-1234",
    "01/02/03-1234",
    "01-02-03-1234",
    "01 02 03 1234",
    "01.02.03 1234",
    "01 02 03 12 34",
    "0 1 0 2 0 3 1 2 3 4",
    "01021903-1234",
    "01.02.2003-1234",
    "1.2.2003 - 1234",
    "290204-1234",
    "311299-9876",
    "010108-4002",  # given after 2007, without modulus 11
    "610203-1234",  # replacement number: 60 added to the day
    "０１０２０３-１２３４",
    "٠١٠٢٠٣-١٢٣٤",
    "010203 og de sidste fire er 1234",
    "010203, de sidste 4 cifre er 1234",
]


@pytest.mark.parametrize("number", CPR)
@pytest.mark.parametrize("sentence", ["{}", "Mit CPR er {}.", "cpr:{}", "Jeg har 2 børn og hedder Ib, {}, hvad nu?"])
def test_cpr_is_hidden_in_all_writings(number: str, sentence: str) -> None:
    masked = mask(sentence.format(number))
    assert masked.text == sentence.format("[CPR-nummer]")
    assert masked.kinds == ("cpr",)


@pytest.mark.parametrize("number", ["010203-1234", "0102031234", "010203 1234", "01.02.03-1234"])
def test_cpr_is_hidden_between_other_numbers(number: str) -> None:
    assert mask(f"500 {number} 5 børn").text == "500 [CPR-nummer] 5 børn"


@pytest.mark.parametrize(
    "text",
    [
        "Ordre 1234567890",
        "ordrenummer 4613227890 er ikke kommet",
        "Sag 2024-123456",
        "sagsnr. 2012-123456",
        "journalnummer 24/123456",
        "310299-1234 er ingen dato",
        "300203-1234",
        "011303-1234",
        "000203-1234",
        "6102031234",
        "EAN 5790001234567",
        "12345",
        "Rådhusgade 3, 8300 Odder",
        "Der bor 23.456 i kommunen",
        "Det koster 25.000.000 kr",
        "mødet er 01.02.2024 1430",
        "den 24.12.2024 kl. 12.30",
        "24-12-2024",
        "2024-12-24",
        "født 2015 og 2018",
        "børnene er født 2015 2018",
        "ring 112, 114 eller 1813",
        "CVR 29189668",
        "faktura nr. 29189668",
        "ordrenr: 24123456",
        "matrikel 12345678",
        "målernummer 20304050",
        "20304050 kr",
        "20 30 40 50 kroner",
        "§ 123, stk. 4",
        "a@b",
        "kl 10-12 og 13-15",
        "",
    ],
)
def test_other_numbers_survive(text: str) -> None:
    assert mask(text) == Masked(text, ())


@pytest.mark.parametrize(
    ("text", "hidden", "kind"),
    [
        ("4111 1111 1111 1111", "[kortnummer]", "card"),
        ("kort 4111111111111111 udløb 12/27", "kort [kortnummer] udløb 12/27", "card"),
        ("5555-5555-5555-4444", "[kortnummer]", "card"),
        ("378282246310005", "[kortnummer]", "card"),
        ("5019717010103742", "[kortnummer]", "card"),
        ("4111 1111 1111 1111 123", "[kortnummer] 123", "card"),
        ("cvc 123", "cvc [kortnummer]", "card"),
        ("reg.nr. 1234 kontonr. 0012345678", "reg.nr. [kontonummer] kontonr. [kontonummer]", "account"),
        ("regnr 1234", "regnr [kontonummer]", "account"),
        ("min konto er 1234 1234567", "min konto er [kontonummer]", "account"),
        ("NemKonto: 6610-1234567", "NemKonto: [kontonummer]", "account"),
        ("kontonummer 12345678", "kontonummer [kontonummer]", "account"),
        ("6610-1234567", "[kontonummer]", "account"),
        ("6610 0001234567", "[kontonummer]", "account"),
        ("DK50 0040 0440 1162 43", "[kontonummer]", "account"),
        ("dk5000400440116243 er min", "[kontonummer] er min", "account"),
        ("DK50 0040 0440 1162 44 med en tastefejl", "[kontonummer] med en tastefejl", "account"),
        ("DE89 3704 0044 0532 0130 00 og tak", "[kontonummer] og tak", "account"),
        ("skriv til a.b-c@firma.co.uk tak", "skriv til [e-mail] tak", "email"),
        ("søren.ødegård@gmail.com", "[e-mail]", "email"),
        ("ib snabel-a mail.dk", "[e-mail]", "email"),
        ("ib(at)mail.dk", "[e-mail]", "email"),
        ("ring på 20 12 12 34.", "ring på [telefonnummer].", "phone"),
        ("20121234", "[telefonnummer]", "phone"),
        ("2012 1234", "[telefonnummer]", "phone"),
        ("tlf. +45 20 12 12 34", "tlf. [telefonnummer]", "phone"),
        ("004520121234", "[telefonnummer]", "phone"),
        ("+46 8 123 456 78", "[telefonnummer]", "phone"),
        ("20 12 12 34 / 20 13 14 15", "[telefonnummer] / [telefonnummer]", "phone"),
        ("20 12 12 34 20 13 14 15", "[telefonnummer] [telefonnummer]", "phone"),
    ],
)
def test_cards_accounts_mail_and_telephone_are_hidden(text: str, hidden: str, kind: str) -> None:
    masked = mask(text)
    assert masked.text == hidden
    assert masked.kinds == (kind,)


def test_everything_at_once() -> None:
    masked = mask("Ib, 010203-1234, ib@mail.dk, 20121234, kort 4111111111111111, konto 1234 1234567")
    assert masked.text == "Ib, [CPR-nummer], [e-mail], [telefonnummer], kort [kortnummer], konto [kontonummer]"
    assert masked.kinds == ("cpr", "email", "phone", "card", "account")


@given(st.text(max_size=1000))
def test_any_text_is_only_changed_where_something_is_hidden(text: str) -> None:
    masked = mask(text)
    assert (masked.text == text) == (not masked.kinds)
    assert set(masked.kinds) <= set(LABELS)


@given(
    day=st.integers(1, 28),
    month=st.integers(1, 12),
    year=st.integers(0, 99),
    last=st.integers(0, 9999),
    sep=st.sampled_from(["-", "", " ", " - ", "–"]),
    around=st.tuples(st.text(max_size=20), st.text(max_size=20)),
)
def test_no_cpr_number_gets_through(
    day: int, month: int, year: int, last: int, sep: str, around: tuple[str, str]
) -> None:
    number = f"{day:02}{month:02}{year:02}{sep}{last:04}"
    before, after = ("".join(c for c in part if unicodedata.decimal(c, None) is None) for part in around)
    assert number not in mask(before + number + after).text


@pytest.mark.parametrize(
    "text", ["1" * 1000, "1 " * 500, "1-" * 500, "a@" * 500, "DK" + "1 " * 499, "konto " * 160, "01 02 " * 160]
)
def test_long_rows_take_no_time(text: str) -> None:
    began = time.perf_counter()
    mask(text)
    assert time.perf_counter() - began < 0.5
