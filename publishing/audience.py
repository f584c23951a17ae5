"""The fields of social work by which records are found."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Audience(models.TextChoices):
    """Whose work a network or a project develops."""

    ALL_PROFESSIONALS = "all_professionals", _("all social welfare professionals")
    CHILD_PROTECTION = "child_protection", _("child protection")
    FAMILIES = "families", _("services for families")
    ADULTS = "adults", _("services for adults")
    ELDERLY = "elderly", _("services for older people")
    DISABILITY = "disability", _("disability services")
    ECONOMY_HOUSING = "economy_housing", _("economic and housing social work")
    GUARDIANS = "guardians", _("guardians of children")
    OMBUDSMEN = "ombudsmen", _("social ombudsmen")
    HEALTH_PROMOTION = "health_promotion", _("wellbeing promotion and structural social work")
    INFORMATION_MANAGEMENT = "information_management", _("information management")
    RESEARCH_EDUCATION = "research_education", _("research and education")
    MANAGEMENT = "management", _("management")
