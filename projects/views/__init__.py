"""The pages of projects."""

from projects.views.area_map import area_map
from projects.views.documents import summary_document
from projects.views.files import file_delete, files
from projects.views.imports import projects_import
from projects.views.links import links_check
from projects.views.list import calendar, feed, index, table
from projects.views.money import money
from projects.views.parts import deadline_done, part_create, part_delete, part_edit, part_move
from projects.views.person_months import person_months, person_months_export
from projects.views.portfolio import portfolio, portfolio_export
from projects.views.project import (
    create,
    delete,
    detail,
    edit,
    project_calendar,
    project_feed,
    publish,
    rename,
    review,
    unpublish,
)
from projects.views.timeline import timeline

__all__ = [
    "area_map",
    "calendar",
    "create",
    "deadline_done",
    "delete",
    "detail",
    "edit",
    "feed",
    "file_delete",
    "files",
    "index",
    "links_check",
    "money",
    "part_create",
    "part_delete",
    "part_edit",
    "part_move",
    "person_months",
    "person_months_export",
    "portfolio",
    "portfolio_export",
    "project_calendar",
    "project_feed",
    "projects_import",
    "publish",
    "rename",
    "review",
    "summary_document",
    "table",
    "timeline",
    "unpublish",
]
