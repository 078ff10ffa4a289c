"""What every test stands on is there, whatever the one before it did."""

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection, transaction
from django.test import TransactionTestCase

from manual.models import Chapter, Edition, Searched, guards
from tests import remembered
from tests.manual_maker import LONG_AGO, first_edition, grow


def roles() -> dict[str, list[str]]:
    return {
        group.name: sorted(group.permissions.values_list("codename", flat=True))
        for group in Group.objects.all()
    }


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("by_itself", [False, True])
def test_a_test_with_real_transactions_leaves_the_roles_and_nothing_else(by_itself: bool) -> None:
    before = roles()
    assert set(before) == {"Editor", "Approver", "Administrator"}
    first_edition(grow("core\n    referral\n"))
    if by_itself:
        guards.drop()
        call_command("flush", verbosity=0, interactive=False)
    TransactionTestCase()._fixture_teardown()
    assert not Chapter.objects.exists()
    assert roles() == before
    assert "publish_edition" in before["Approver"]


def make_a_manual() -> Edition:
    """With more rows of a kind than are put back by one statement."""
    words = [Searched(words=f"word {n}", day=LONG_AGO.date(), times=n + 1, found=True) for n in range(250)]
    Searched.objects.bulk_create(words)
    return first_edition(grow("core\n    referral\n    leaflet: link"))


def test_what_is_remembered_is_put_back_row_for_row(db: None) -> None:
    manual = remembered.remembered(make_a_manual)
    with transaction.atomic():
        manual()
        made = remembered._rows()
        transaction.set_rollback(True)
    assert not Edition.objects.exists()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # As another worker has it, who has not made one yet.
            cursor.execute("ALTER SEQUENCE manual_searched_id_seq RESTART")
    edition = manual()
    assert remembered._rows() == made
    assert len(made["manual_searched"]) == 250
    assert edition == Edition.objects.get()
    # A key that was put back is not given again.
    Searched.objects.create(words="another", day=LONG_AGO.date(), times=1, found=True)
