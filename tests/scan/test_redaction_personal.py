from __future__ import annotations

import pytest

from keyguard.scan.redaction_personal import personal_data

NOT = [
    b"no personal data, 12:34:56 on 2026-11-22",
    b"4111 1111 1111 1112",  # Luhn
    b"1234567890123456",  # no issuer
    b"order 41111111111111110000",
    b"DE89 3704 0044 0532 0130 01",  # mod 97
    b"DE89 3704 0044 0532 0130",  # too short for its country
    b"ZZ89 3704 0044 0532 0130 00",
    b"000-12-3456",
    b"666-12-3456",
    b"912-12-3456",
    b"123-00-4567",
    b"123-45-0000",
    b"127.0.0.1",
    b"0.0.0.0",
    b"255.255.255.0",
    b"1.2.3.4.5",
    b"256.1.1.1",
    b"version 10.2.3.4-rc1",
    b"std::vector<int>",
    b"dead::beef_t",
    b"a1::b2",
    b"::1",
    b"git@github.com:owner/name.git",
    b"user@localhost",
    b"me@@example.org",
    b"@example.org",
    b"2026-11-22",
    b"555-0187",
    b"2125550187",
    b"0xdeadbeef 1763784000",
]
FOUND = [
    (b"joe.bloggs+tag@mail.example.co.uk", "EMAIL"),
    (b"4111 1111 1111 1111", "CARD"),
    (b"5555-5555-5555-4444", "CARD"),
    (b"378282246310005", "CARD"),
    (b"6011111111111117", "CARD"),
    (b"DE89 3704 0044 0532 0130 00", "IBAN"),
    (b"GB82WEST12345698765432", "IBAN"),
    (b"NO9386011117947", "IBAN"),
    (b"078-05-1120", "SSN"),
    (b"078 05 1120", "SSN"),
    (b"192.0.2.44", "IP"),
    (b"2001:db8::1", "IP"),
    (b"fe80::1ff:fe23:4567:890a", "IP"),
    (b"::ffff:192.0.2.44", "IP"),
    (b"+49 30 1234567", "PHONE"),
    (b"+1 (212) 555-0187", "PHONE"),
    (b"(212) 555-0187", "PHONE"),
    (b"212-555-0187", "PHONE"),
    (b"212.555.0187", "PHONE"),
    (b"+442071838750", "PHONE"),
]


@pytest.mark.parametrize("text", NOT)
def test_what_is_none(text: bytes) -> None:
    assert personal_data(b"say " + text + b" twice", 0).found == []


@pytest.mark.parametrize(("text", "kind"), FOUND)
@pytest.mark.parametrize(
    "around", [(b"", b""), (b"say ", b" twice"), (b'{"a":"', b'"}'), (b"x=", b", y"), (b"<", b">\n")]
)
def test_what_is_one(text: bytes, kind: str, around: tuple[bytes, bytes]) -> None:
    before, behind = around
    (found,) = personal_data(before + text + behind, 0).found
    assert (before + text + behind)[found.start : found.end] == text
    assert found.kind == kind


def test_signs_before_an_address_are_not_part_of_it() -> None:
    text = b"-ujoe@example.org .amy@example.org"
    assert [text[each.start : each.end] for each in personal_data(text, 0).found] == [
        b"ujoe@example.org",
        b"amy@example.org",
    ]


def test_a_number_of_two_forms_is_the_stricter_one() -> None:
    found = personal_data(b"4111 1111 1111 1111, 192.0.2.1 and joe@192.example.org", 0).found
    assert [each.kind for each in found] == ["CARD", "IP", "EMAIL"]


def test_what_begins_before_the_start_is_left_out() -> None:
    text = b"joe@example.org amy@example.org"
    assert [each.start for each in personal_data(text, 5).found] == [16]


def test_hostile_text_takes_no_time() -> None:
    for text in (b"1-" * 50_000, b"a." * 50_000, b"+1 " * 50_000, b"DE89" * 25_000, b"abcd:" * 20_000, b"a@" * 50_000):
        personal_data(text, 0)
