"""What every test stands on is there, whatever the one before it did."""

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import TransactionTestCase

from manual.models import Chapter, guards
from tests.manual_maker import first_edition, grow


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
