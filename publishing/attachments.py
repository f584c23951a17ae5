"""Checking files by what is in them, not by what they say they are."""

import zipfile
from pathlib import PurePath

import puremagic
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.text import get_valid_filename
from django.utils.translation import gettext_lazy as _

from publishing.models import Attachment

# What people exchange in meetings. An SVG or an HTML file is a page that could act in the reader's name: not here.
TYPES = {
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
}
SIGNATURES = {".pdf": b"%PDF-", ".png": b"\x89PNG\r\n\x1a\n", ".jpg": b"\xff\xd8\xff", ".jpeg": b"\xff\xd8\xff"}
# What tells one office format from another inside the zip.
INSIDE = {
    ".docx": "word/document.xml",
    ".xlsx": "xl/workbook.xml",
    ".pptx": "ppt/presentation.xml",
    ".odt": "content.xml",
}
MOST_UNPACKED = 200 * 1024 * 1024  # bytes; a document of a meeting is never near it, a zip bomb is beyond
MOST_MEMBERS = 5000


def check_file(upload):
    """The MIME type of an uploaded file, found from its contents.

    Raises ValidationError with a sentence when the file is too large, empty, of another type than its name says or
    of a type that is not accepted.
    """
    suffix = PurePath(upload.name).suffix.lower()
    if suffix not in TYPES:
        raise ValidationError(_("Files of this type are not accepted. Use PDF, Word, Excel, PowerPoint, PNG or JPEG."))
    if upload.size > settings.MAX_UPLOAD:
        raise ValidationError(
            _("%(name)s is %(size)s. At most %(most)s: make the pictures smaller or add only a link.")
            % {
                "name": upload.name,
                "size": filesizeformat(upload.size),
                "most": filesizeformat(settings.MAX_UPLOAD),
            }
        )
    disguised = ValidationError(
        _("%(name)s is not what its name says. Open it in the program it was made with and save it anew.")
        % {"name": upload.name}
    )
    upload.seek(0)
    head = upload.read(2048)
    upload.seek(0)
    if not head:
        raise ValidationError(_("%(name)s is empty.") % {"name": upload.name})
    if suffix in SIGNATURES and not head.startswith(SIGNATURES[suffix]):
        raise disguised
    if suffix in INSIDE:
        check_office_file(upload, suffix, disguised)
    if any(found.extension in {".exe", ".html", ".svg", ".js"} for found in magic(head, upload.name)):
        raise disguised
    return TYPES[suffix]


def magic(head, name):
    """What the signatures say; nothing when none is known."""
    try:
        return puremagic.magic_string(head, filename=name)[:1]
    except puremagic.PureError:
        return []


def check_office_file(upload, suffix, disguised):
    """An office file is a zip: of its own kind, of a sane size, without macros."""
    try:
        with zipfile.ZipFile(upload) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise disguised from error
    finally:
        upload.seek(0)
    names = {member.filename for member in members}
    if INSIDE[suffix] not in names or len(members) > MOST_MEMBERS:
        raise disguised
    if sum(member.file_size for member in members) > MOST_UNPACKED:
        raise disguised
    if any(name.lower().endswith("vbaproject.bin") or name.startswith(("Basic/", "Scripts/")) for name in names):
        raise ValidationError(_("The file contains macros. Save it without them, for example as PDF."))


class AttachmentField(forms.FileField):
    """A file of the accepted types; `cleaned_data` holds the upload with its `mime_type`."""

    def __init__(self, **kwargs):
        kwargs.setdefault("help_text", _("PDF, Word, Excel, PowerPoint or picture, at most 10 MB"))
        super().__init__(**kwargs)
        self.widget.attrs["accept"] = ",".join(TYPES)

    def clean(self, data, initial=None):
        upload = super().clean(data, initial)
        if upload and upload is not initial:
            upload.mime_type = check_file(upload)
        return upload


def attach(record, upload, *, by, purpose="", title="", is_public=False):
    """Store a checked upload as the record's attachment."""
    name = get_valid_filename(PurePath(upload.name).name)[-150:]
    return Attachment.objects.create(
        record=record,
        purpose=purpose,
        file=upload,
        name=name,
        title=title,
        mime_type=upload.mime_type,
        size=upload.size,
        is_public=is_public,
        added_by=by,
    )
