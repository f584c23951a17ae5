from datetime import timedelta

import pytest
from django.utils import timezone

from directory.models import ImportDraft
from directory.tasks import forget_import_drafts

pytestmark = pytest.mark.django_db


def test_drafts_go_when_they_expire(staff):
    for hours in (1, 25):
        ImportDraft.objects.create(
            purpose="directory.people",
            file_name=f"{hours}.csv",
            created_by=staff,
            created_at=timezone.now() - timedelta(hours=hours),
        )

    forget_import_drafts()
    forget_import_drafts()

    assert [draft.file_name for draft in ImportDraft.objects.all()] == ["1.csv"]
