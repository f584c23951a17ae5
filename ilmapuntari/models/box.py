"""What is stored of answers: one sealed box a unit, and nothing a person or an answer."""

from django.db import models

from ilmapuntari.models.unit import ReportingUnit


class SealedBox(models.Model):
    """All codes and answers of a unit, encrypted, of constant length. No times, no sequence, no history.

    The column is stored PLAIN (see the migration): a long value kept aside in pieces would leave traces of its own.
    """

    unit = models.OneToOneField(ReportingUnit, models.CASCADE, primary_key=True, related_name="box")
    blob = models.BinaryField()

    def __str__(self):
        return str(self.unit_id)


class PendingCodes(models.Model):
    """Hashes of codes on their way into the box, shuffled; gone before anybody can answer."""

    unit = models.OneToOneField(ReportingUnit, models.CASCADE, primary_key=True, related_name="pending_codes")
    hashes = models.BinaryField()

    def __str__(self):
        return str(self.unit_id)
