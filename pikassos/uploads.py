"""Uploads stay in memory. What is too large is not kept, and its form is told how large it was."""

from io import BytesIO

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import MemoryFileUploadHandler


class InMemoryOnly(MemoryFileUploadHandler):
    """Django's own for small files. Of a larger one only name and size are left, so that a form can refuse it."""

    def receive_data_chunk(self, raw_data, start):
        if self.activated:
            return super().receive_data_chunk(raw_data, start)
        return None

    def file_complete(self, file_size):
        if self.activated:
            return super().file_complete(file_size)
        return InMemoryUploadedFile(
            BytesIO(), self.field_name, self.file_name, self.content_type, file_size, self.charset
        )
