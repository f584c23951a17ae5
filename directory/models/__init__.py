"""Areas with their official codes, organisations, people, and what is being imported."""

from directory.models.areas import County, Municipality, SubRegion
from directory.models.import_draft import ImportDraft
from directory.models.organisation import Organisation
from directory.models.person import Person

__all__ = ["County", "ImportDraft", "Municipality", "Organisation", "Person", "SubRegion"]
