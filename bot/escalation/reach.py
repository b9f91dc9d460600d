"""How a citizen can be reached: a telephone number or an e-mail address, checked."""

from __future__ import annotations

import re
from dataclasses import dataclass

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat

_COUNTRY = "DK"
"""For a number without a country code."""
_MOST_EMAIL = 254
"""Characters of an address (RFC 3696, erratum 1690)."""
# The HTML standard's own check of <input type=email>, with at least one dot in the domain.
_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_EMAIL = re.compile(rf"[a-zA-Z0-9.!#$%&'*+/=?^_`{{|}}~-]+@{_LABEL}(?:\.{_LABEL})+")


class BadContact(ValueError):
    """Neither a telephone number that can exist nor an e-mail address."""


@dataclass(frozen=True)
class Reach:
    """`kind`: phone | email. A phone number is written internationally: `+45 87 80 33 33`."""

    kind: str
    value: str

    @property
    def link(self) -> str:
        """The address that rings or writes."""
        return f"tel:{self.value.replace(' ', '')}" if self.kind == "phone" else f"mailto:{self.value}"


def read_reach(written: str) -> Reach:
    """What the citizen wrote in the field. Raises BadContact."""
    written = written.strip()
    if "@" in written:
        return Reach("email", _email(written))
    try:
        number = phonenumbers.parse(written, _COUNTRY)
    except NumberParseException:
        raise BadContact from None
    if not phonenumbers.is_valid_number(number):
        raise BadContact
    return Reach("phone", phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL))


def _email(written: str) -> str:
    local, _, domain = written.rpartition("@")
    try:
        # Danish letters are allowed in a domain; on the wire it is written without.
        address = f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        raise BadContact from None
    if len(address) > _MOST_EMAIL or not _EMAIL.fullmatch(address):
        raise BadContact
    return address
