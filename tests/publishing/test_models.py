"""Addresses that stay, and files."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from networks.models import Network
from publishing.attachments import attach
from publishing.models import Attachment, OldAddress, free_slug
from tests.networks.factories import MeetingFactory, MembershipFactory, NetworkFactory

pytestmark = pytest.mark.django_db


def test_moving_keeps_the_old_address_for_the_record():
    network = NetworkFactory(slug="vanha")

    network.move_to("uusi-osoite")

    assert network.slug == "uusi-osoite"
    assert OldAddress.objects.get().slug == "vanha"


def test_moving_to_the_present_address_changes_nothing():
    network = NetworkFactory(slug="sama")

    network.move_to("sama")

    assert not OldAddress.objects.exists()


def test_moving_back_leaves_only_the_other_address_as_old():
    network = NetworkFactory(slug="a")

    for slug in ("b", "c", "a"):
        network.move_to(slug)

    assert set(OldAddress.objects.values_list("slug", flat=True)) == {"b", "c"}


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Kriisityön verkosto", "kriisityon-verkosto"),
        ("Äidit & Åbo", "aidit-abo"),
        ("日本", "nimeton"),
        ("x" * 300, "x" * 100),
    ],
)
def test_an_address_is_made_of_the_name(name, slug):
    made = free_slug(Network, name)

    assert made == slug


def test_an_address_that_a_page_had_is_not_given_to_another():
    network = NetworkFactory(slug="kriisi")
    network.move_to("toinen")

    made = free_slug(Network, "Kriisi")

    assert made == "kriisi-2"


def pdf(name="lista.pdf"):
    upload = SimpleUploadedFile(name, b"%PDF-1.4")
    upload.mime_type = "application/pdf"
    return upload


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def test_the_stored_name_cannot_be_guessed(media, staff):
    attachment = attach(MeetingFactory(), pdf("salainen muistio.pdf"), by=staff)

    assert attachment.name == "salainen_muistio.pdf"
    assert "muistio" not in attachment.file.name
    assert len(attachment.file.name) > 40


def test_private_files_are_for_those_inside(media, staff, member):
    meeting = MeetingFactory(network=member.network)
    other = MeetingFactory(network=MembershipFactory().network)
    attach(meeting, pdf(), by=staff)
    attach(other, pdf(), by=staff)

    assert Attachment.objects.readable_by(member, meeting).count() == 1
    assert Attachment.objects.readable_by(member, other).count() == 0
    assert Attachment.objects.readable_by(staff, other).count() == 1


def test_a_removed_file_goes_from_the_disk_once_the_row_is_surely_gone(
    media, staff, django_capture_on_commit_callbacks
):
    attachment = attach(MeetingFactory(), pdf(), by=staff)
    stored = media / attachment.file.name

    with django_capture_on_commit_callbacks(execute=True):
        attachment.remove()
        assert stored.exists()

    assert not stored.exists()
