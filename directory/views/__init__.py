"""The pages of the directory, by what they are about."""

from directory.views.contacts import contacts
from directory.views.importing import (
    import_confirm,
    import_errors,
    import_preview,
    import_start,
    import_template,
)
from directory.views.organisations import organisation, organisation_create, organisation_edit, organisations
from directory.views.people import (
    own_details,
    people,
    people_export,
    person,
    person_create,
    person_edit,
    person_forget,
    person_leave,
    person_return,
)
from directory.views.users import (
    appointment_create,
    appointment_end,
    user,
    user_deactivate,
    user_invite,
    user_reactivate,
    user_roles,
    user_second_factor,
    users,
)

__all__ = [
    "appointment_create",
    "appointment_end",
    "contacts",
    "import_confirm",
    "import_errors",
    "import_preview",
    "import_start",
    "import_template",
    "organisation",
    "organisation_create",
    "organisation_edit",
    "organisations",
    "own_details",
    "people",
    "people_export",
    "person",
    "person_create",
    "person_edit",
    "person_forget",
    "person_leave",
    "person_return",
    "user",
    "user_deactivate",
    "user_invite",
    "user_reactivate",
    "user_roles",
    "user_second_factor",
    "users",
]
