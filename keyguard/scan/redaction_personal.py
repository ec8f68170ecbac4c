"""Finds personal data by its form: e-mail, phone, card, IBAN, US social security number, IP address.

Forms are told apart by their own check digits and ranges where they have any; names and postal addresses have none.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, NamedTuple

_LEAD: Final = 64

# ISO 13616 registry: length of an IBAN by country. From memory, unverified.
_IBAN_LENGTHS: Final = {
    15: "NO",
    16: "BE",
    18: "DK FI FO GL NL",
    19: "MK SI",
    20: "AT BA EE KZ LT LU XK",
    21: "CH HR LI LV",
    22: "BG BH CR DE GB GE IE ME RS VA",
    23: "AE GI IL IQ TL",
    24: "AD CZ ES MD PK RO SA SE SK TN VG",
    25: "PT ST",
    26: "IS TR",
    27: "FR GR IT MC MR SM",
    28: "AL AZ BY CY DO GT HU LB PL SV",
    29: "BR EG PS QA UA",
    30: "JO KW MU",
    31: "MT SC",
    32: "LC",
}
# Issuer prefixes and lengths of payment cards (ISO/IEC 7812 leaves them to the brands). From memory, unverified.
_CARD: Final = re.compile(
    rb"4(?:[0-9]{12}|[0-9]{15}|[0-9]{18})"
    rb"|(?:5[1-5][0-9]{2}|222[1-9]|22[3-9][0-9]|2[3-6][0-9]{2}|27[01][0-9]|2720)[0-9]{12}"
    rb"|3[47][0-9]{13}|3(?:0[0-5]|[68][0-9])[0-9]{11}|35(?:2[89]|[3-8][0-9])[0-9]{12}"
    rb"|(?:6011|64[4-9][0-9]|65[0-9]{2}|62[0-9]{2})[0-9]{12}"
)


class Personal(NamedTuple):
    """Personal data at one place."""

    start: int
    end: int
    kind: str


class _Form(NamedTuple):
    """How one kind looks; `check` gives how many bytes of a match are it, 0 for none.

    `lead`, where there is one, is what belongs to it of the bytes before a match of the pattern.
    """

    kind: str
    pattern: re.Pattern[bytes]
    check: Callable[[bytes], int]
    lead: re.Pattern[bytes] | None = None


class Data(NamedTuple):
    """`found` in order; where two overlapped, the one of the stricter form stands. A text must not be cut within one of
    the stretches `looked_at`."""

    found: list[Personal]
    looked_at: list[tuple[int, int]]


def personal_data(text: bytes, start: int) -> Data:
    """What is found from `start` on."""
    found: dict[int, Personal] = {}  # by each of its bytes
    looked_at: list[tuple[int, int]] = []
    for form in _FORMS:
        for match in form.pattern.finditer(text, start):
            low = match.start()
            if form.lead:
                before = form.lead.search(text, max(start, low - _LEAD), low)
                low = before.start() if before else low
            looked_at.append((low, match.end()))
            each = Personal(low, low + form.check(text[low : match.end()]), form.kind)
            if each.start not in found and each.end - 1 not in found:
                found.update(dict.fromkeys(range(each.start, each.end), each))
    return Data(sorted(set(found.values())), looked_at)


def _digits(value: bytes) -> bytes:
    return bytes(sign for sign in value if 0x30 <= sign <= 0x39)


def _iban(value: bytes) -> int:
    """ISO 7064 mod 97-10 over the number with its first four signs moved to the end."""
    country = value[:2].decode("ascii")
    length = next((length for length, countries in _IBAN_LENGTHS.items() if country in countries.split()), 0)
    places = [place for place, sign in enumerate(value) if sign != 0x20]
    if not length or len(places) < length:
        return 0
    size = places[length - 1] + 1
    if value[size : size + 1].isalnum():
        return 0
    compact = value[:size].replace(b" ", b"").decode("ascii")
    number = "".join(str(int(sign, 36)) for sign in compact[4:] + compact[:4])
    return size if int(number) % 97 == 1 else 0


def _card(value: bytes) -> int:
    """Luhn's check (ISO/IEC 7812-1, annex B) over the digits of a known issuer's form."""
    digits = _digits(value)
    if not _CARD.fullmatch(digits) or len(set(digits)) < 2:
        return 0
    doubled = [int(chr(digit)) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return len(value) if sum(each - 9 * (each > 9) for each in doubled) % 10 == 0 else 0


def _social(value: bytes) -> int:
    """Areas 000, 666 and from 900 on, group 00 and serial 0000 are never given out (ssa.gov/employer; unverified)."""
    area, group, serial = re.split(rb"[- ]", value)
    return len(value) if area not in (b"000", b"666") and area < b"900" and group != b"00" and serial != b"0000" else 0


def _address(value: bytes) -> int:
    """An IP address that is somebody's: not unspecified, loopback or a mask."""
    from ipaddress import AddressValueError, IPv4Address, IPv6Address

    text = value.decode("ascii")
    try:
        address = IPv6Address(text) if ":" in text else IPv4Address(text)
    except AddressValueError:
        return 0
    whole = text.startswith("255.255") or address.is_unspecified or address.is_loopback
    return 0 if whole else len(value)


def _phone(value: bytes) -> int:
    """Seven to fifteen digits (ITU-T E.164): groups at the end that are too many are no part of it."""
    while len(_digits(value)) > 15:
        value = re.sub(rb"[ .-]?[0-9]+\Z", b"", value)
    return len(value) if len(_digits(value)) >= 7 else 0


def _mail(value: bytes) -> int:
    local, _, domain = value.rpartition(b"@")
    if (
        not local or local.lower() == b"git" or b".." in value or local.endswith(b".")
    ):  # git@host:path is an address of code
        return 0
    return len(value) if domain.rpartition(b".")[2].isalpha() else 0


# A set of signs comes first in each pattern, and then what must not stand before it: `re` is quick to pass by the rest.
_FORMS: Final = (
    _Form("IBAN", re.compile(rb"[A-Z](?<![A-Za-z0-9].)[A-Z][0-9]{2}(?: ?[A-Z0-9]){11,30}"), _iban),
    _Form("CARD", re.compile(rb"[2-6](?<![\w.+-].)[0-9]{3}(?:[ -]?[0-9]){9,15}(?![\w-]|\.[0-9])"), _card),
    _Form("SSN", re.compile(rb"[0-8](?<![\w-].)[0-9]{2}(?P<gap>[- ])[0-9]{2}(?P=gap)[0-9]{4}(?![\w-])"), _social),
    _Form(
        "EMAIL",
        re.compile(
            rb"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,5}[A-Za-z]{2,24}(?![A-Za-z0-9-])",
        ),
        _mail,
        re.compile(rb"[A-Za-z0-9][A-Za-z0-9._%+'-]*\Z"),
    ),
    # Words with :: between them are names in code: an address that is one begins with four digits, or as ::ffff:.
    _Form(
        "IP",
        re.compile(
            rb"[0-9A-Fa-f:](?:(?<=::)(?<![\w:.]::)[Ff]{4}:(?:[0-9]{1,3}\.){3}[0-9]{1,3}"
            rb"|(?<![\w:.].)[0-9A-Fa-f]{3}:[0-9A-Fa-f:]{2,34})(?![\w:])"
        ),
        _address,
        re.compile(rb":\Z"),
    ),
    _Form(
        "IP", re.compile(rb"[0-9](?<![\w.-].)(?:[0-9]{0,2}\.)(?:[0-9]{1,3}\.){2}[0-9]{1,3}(?![\w-]|\.[0-9])"), _address
    ),
    _Form(
        "PHONE",
        re.compile(
            rb"[+(1-9](?<![\w+.-].)(?:(?<=\+)[1-9][0-9]{0,2}(?:[ .-]?\([0-9]{1,4}\))?(?:[ .-]?[0-9]){4,20}"
            rb"|(?:(?<=1)[ .-]\(|(?<=\())[2-9][0-9]{2}\) ?[2-9][0-9]{2}[ .-][0-9]{4}"
            rb"|(?:(?<=1)[ .-][2-9]|(?<=[2-9]))[0-9]{2}(?P<gap>[.-])[2-9][0-9]{2}(?P=gap)[0-9]{4})(?![\w-]|\.[0-9])"
        ),
        _phone,
    ),
)
