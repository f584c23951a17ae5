"""What is uploaded lies in memory and nowhere else; what is too large is refused with its size."""

import pytest
from django.core.files.uploadedfile import InMemoryUploadedFile, SimpleUploadedFile
from django.test import RequestFactory
from django.test.client import encode_multipart

from publishing.attachments import check_file

BOUNDARY = "raja"


def sent(size):
    body = encode_multipart(BOUNDARY, {"file": SimpleUploadedFile("paatos.pdf", b"%PDF-" + b"x" * size)})
    request = RequestFactory().post("/", body, content_type=f"multipart/form-data; boundary={BOUNDARY}")
    return request.FILES["file"]


def test_a_file_of_the_largest_size_stays_in_memory():
    upload = sent(9 * 1024 * 1024)

    assert isinstance(upload, InMemoryUploadedFile)
    assert upload.read(5) == b"%PDF-"


def test_of_a_larger_one_nothing_is_kept_but_its_size():
    upload = sent(13 * 1024 * 1024)

    assert upload.read() == b""
    with pytest.raises(Exception, match="13"):
        check_file(upload)
