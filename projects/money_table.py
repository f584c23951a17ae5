"""The money of a project by source and year, and how it compares with what was said of the whole."""

from dataclasses import dataclass

from projects.models import Funding


@dataclass
class MoneyTable:
    """Of the whole project or of our share: its rows, their sum, and the sum said."""

    part: Funding.Part
    rows: list
    total: int | None  # euros said

    @property
    def added(self):
        """The sum of the rows in euros; None where no row has one."""
        amounts = [row.amount for row in self.rows if row.amount is not None]
        return sum(amounts) if amounts else None

    @property
    def difference(self):
        """How much more was said than the rows add up to: positive is missing, negative too much; 0 matches."""
        return 0 if self.total is None or self.added is None else self.total - self.added

    @property
    def missing(self):
        return max(self.difference, 0)

    @property
    def too_much(self):
        return max(-self.difference, 0)


def money_tables(project):
    """The two tables, the whole first. Needs `with_money`."""
    totals = {Funding.Part.WHOLE: project.budget, Funding.Part.OURS: project.our_share}
    for part, total in totals.items():
        yield MoneyTable(part, [row for row in project.fundings.all() if row.part == part], total)
