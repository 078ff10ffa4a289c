"""What differs between the contents of two editions."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from manual import workflow
from manual.models import Contents, Edition, differences
from tests.manual_maker import DAY, agreed, filed, meaning
from tests.reading.conftest import THIRD


def between(first, last):
    editions = [Edition.objects.get(number=number) for number in (first, last)]
    return differences(*(Contents.of(edition) for edition in editions))


def words(found):
    return {each.line.slug: each.words for each in found.chapters}


def test_an_edition_differs_from_itself_in_nothing(sample):
    for number in (1, 2, 3):
        assert between(number, number).is_empty


def test_each_chapter_is_listed_once_with_all_that_became_of_it(sample):
    assert words(between(1, 3)) == {
        "referral": ["Changed"],
        "bruising": ["New"],
        "assessment": ["Renumbered"],
        "contacts": ["Renumbered"],
        "amendments": ["Renumbered"],
        "old-ways": ["Withdrawn"],
    }


def test_the_amendments_between_come_in_order_with_their_editions(sample):
    workflow.publish(by=None, amendments=[agreed(sample.chapters["referral"], text="Anew.", note="Again.")])
    found = {each.line.slug: each for each in between(1, 4).chapters}
    assert [(each.edition.number, each.note) for each in found["referral"].amendments] == [
        (3, "A referral now takes one hour."),
        (4, "Again."),
    ]
    assert found["referral"].compare_url == "/chapters/referral/compare/?from=1&to=3"
    assert found["bruising"].compare_url == found["assessment"].compare_url == ""


def test_corrections_alone_are_called_corrections(sample):
    correction = agreed(sample.chapters["referral"], significance="correction", text="Mended.")
    workflow.publish(by=None, kind="correction", amendments=[correction])
    assert words(between(3, 4)) == {"referral": ["Corrected"]}
    assert words(between(1, 4))["referral"] == ["Changed"]


def test_a_chapter_that_was_only_renamed_is_called_renamed(sample):
    text = sample.chapters["assessment"].amendments.get().text
    renamed = agreed(
        sample.chapters["assessment"], title="Assessing", text=text, areas=["north"], remark="under review"
    )
    workflow.publish(by=None, amendments=[renamed])
    assert words(between(3, 4)) == {"assessment": ["Renamed"]}


def test_a_remark_that_changed_alone_is_a_change(sample):
    text = sample.chapters["assessment"].amendments.get().text
    workflow.publish(by=None, amendments=[agreed(sample.chapters["assessment"], text=text, areas=["north"])])
    assert words(between(3, 4)) == {"assessment": ["Changed"]}


def test_keywords_and_documents(sample):
    workflow.publish(
        by=None,
        amendments=[],
        definitions=[meaning("lado", name="LADO", meaning="Decides now."), meaning("dash", name="DASH")],
        documents=[filed("form", b"One.")],
        at=THIRD + DAY,
    )
    newer = filed("form", b"Two.", title="The form")
    workflow.publish(by=None, amendments=[], documents=[newer], at=THIRD + 2 * DAY)
    found = between(3, 5)
    assert [(each.word, each.after.name, each.before and each.before.name) for each in found.keywords] == [
        ("New", "DASH", None),
        ("Changed", "LADO", "Local authority designated officer"),
    ]
    assert [each.url for each in found.keywords] == ["/keywords/dash/", "/keywords/lado/"]
    assert [(each.word, each.after.title, len(each.versions)) for each in found.documents] == [
        ("New", "The form", 2)
    ]
    assert [(each.word, each.before.title) for each in between(4, 5).documents] == [("Changed", "Form")]
    assert not found.chapters


def test_without_an_edition_before_all_is_new(sample):
    found = differences(None, Contents.of(sample.editions[0]))
    assert {tuple(each.words) for each in found.chapters} == {("New",)}
    assert len(found.keywords) == 2


def test_backwards_what_is_lacking_is_withdrawn_and_nothing_can_be_compared(sample):
    found = {each.line.slug: each for each in between(3, 1).chapters}
    assert found["bruising"].words == ["Withdrawn"] and found["bruising"].after is None
    assert {each.compare_url for each in found.values()} == {""}


def test_differences_make_three_queries(sample):
    pair = [Contents.of(edition) for edition in (sample.editions[0], sample.editions[2])]
    with CaptureQueriesContext(connection) as captured:
        found = differences(*pair)
        assert all(each.amendments[0].edition.number for each in found.chapters if each.amendments)
    assert len(captured) == 3
