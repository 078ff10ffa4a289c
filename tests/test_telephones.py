"""What is taken for a telephone number or an e-mail address in plain words, and what is not."""

import pytest

from manual.telephones import found_in


def addresses(words: str, **around: str) -> list[str]:
    return [reach.address for reach in found_in(words, **around)]


@pytest.mark.parametrize(
    ("words", "address"),
    [
        ("01632 960123", "tel:01632960123"),
        ("Ring 01632 960123.", "tel:01632960123"),
        ("(01632) 960 123", "tel:01632960123"),
        ("01632-960-123", "tel:01632960123"),
        ("01632\u00a0960\u00a0123", "tel:01632960123"),
        ("01632960123", "tel:01632960123"),
        ("01632 960110 (emergencies that cannot wait)", "tel:01632960110"),
        ("Kent:01632 960110", "tel:01632960110"),
        ("020 7946 0018", "tel:02079460018"),
        ("(020) 7946 0018", "tel:02079460018"),
        ("0800 123456", "tel:0800123456"),
        ("0808 800 5000", "tel:08088005000"),
        ("0300 123 4567", "tel:03001234567"),
        ("07700 900123", "tel:07700900123"),
        ("07700 900 123", "tel:07700900123"),
        ("+44 1632 960123", "tel:+441632960123"),
        ("+44 (0)1632 960123", "tel:+441632960123"),
        ("Childline, 0800 1111", "tel:08001111"),
        ("Samaritans on 116 123 at any hour", "tel:116123"),
        ("childdeathreview@example.org.", "mailto:childdeathreview@example.org"),
        ("first.last@dept.example.org, or", "mailto:first.last@dept.example.org"),
    ],
)
def test_a_number_or_an_address_is_recognised(words, address):
    assert addresses(words) == [address]


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ("Call 999 if a child is hurt.", ["999"]),
        ("Dial 999.", ["999"]),
        ("by calling 999", ["999"]),
        ("Ring the police: 999 if it is now", ["999"]),
        ("Call the police on 101, or 999 if it is now", ["101", "999"]),
        ("Rings Kent Police on 101, says", ["101"]),
        ("ring NHS 111 and choose", ["111"]),
        ("Text 999", ["999"]),
        ("calls to 999", ["999"]),
    ],
)
def test_a_short_number_is_recognised_where_the_words_ring_it(words, numbers):
    assert addresses(words) == [f"tel:{number}" for number in numbers]


def test_a_short_number_is_recognised_behind_the_words_before_it_in_its_passage():
    assert addresses("999", before="If a child is hurt, ring ") == ["tel:999"]
    assert addresses("999", before="A school of ") == []


def test_a_short_number_alone_is_one_where_all_around_is_about_help():
    assert addresses(" 999", about="Immediate danger: 999") == ["tel:999"]
    assert addresses("101", about="Telephone A crime that is no emergency 101") == ["tel:101"]
    assert addresses("101", about="Children in care Kent 101") == []
    assert addresses("About 101", about="police") == []


@pytest.mark.parametrize(
    "words",
    [
        "2026-06-01",
        "01/06/2026",
        "01-06-2026 10:30",
        "1 June 2026",
        "2.2.8",
        "section 101",
        "call section 101",
        "Sections 100 and 101",
        "by 101",
        "in 101 cases",
        "Call 111 families",
        "999",
        "£01632 960123",
        "12 01632 9601",
        "reference 01632 960123",
        "Ref: 01632 960123",
        "case number 01632 960123",
        "NHS number 012 345 6789",
        "A01632 960123",
        "01632 960123-4",
        "10.1234/01632960123",
        "9780123456789",
        "01632 9601",
        "01632 960123 45678",
        "0632 960123",
        "call 999.5",
        "@example.org",
        "someone@example",
    ],
)
def test_dates_sections_and_references_are_no_numbers(words):
    assert addresses(words) == []


def test_two_numbers_are_two():
    assert addresses("01632 960110 or 01632 960111, 07700 900123") == [
        "tel:01632960110",
        "tel:01632960111",
        "tel:07700900123",
    ]
