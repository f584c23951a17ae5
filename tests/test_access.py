"""One table: for every address and every role, allowed or not. An address that is missing from it fails.

Asked without signing in, a protected address leads to sign-in; signed in without the right, it is a 404.
"""

from datetime import date
from types import SimpleNamespace

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.db.models import QuerySet
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from accounts.models import Appointment, Role
from directory.models import ImportDraft
from events import links
from ilmapuntari.models import Instrument, Invitee
from networks import mail
from networks.models import Network
from ombudsman import entrance
from ombudsman.account_tables import published_tables
from ombudsman.models import (
    Account,
    CaseFile,
    Code,
    Draft,
    Fact,
    Measure,
    OtherWork,
    Purpose,
    Substitution,
)
from publishing.models import Attachment
from tests.accounts.factories import AppointmentFactory, UserFactory
from tests.conftest import signed_in
from tests.directory.factories import CountyFactory, OrganisationFactory, PersonFactory
from tests.events.factories import (
    EventFactory,
    RegistrationFactory,
    SeriesFactory,
    SpeakerFactory,
    StandingFactory,
)
from tests.ilmapuntari.factories import (
    AgreedActionFactory,
    LeadFactory,
    ManagerFactory,
    MemberProposalFactory,
    RoundFactory,
    TeamFactory,
    TeamMemberFactory,
    unit_of,
)
from tests.ilmapuntari.results import publish
from tests.networks.factories import AttendanceFactory, MeetingFactory, MembershipFactory, NetworkFactory, PhaseFactory
from tests.ombudsman.factories import as_portal, make_case, make_contact, make_message, make_substitute
from tests.projects.factories import DeadlineFactory, ObjectiveFactory, ProjectFactory

HOUSE = {"staff", "coordinator", "director"}
EVERYBODY = {
    "visitor", "deactivated", "member", "other_member", "ombudsman", "substitute", "standing_in", "superuser", "leader",
    "other_leader", "manager", *HOUSE,
}  # fmt: skip
SIGNED_IN = EVERYBODY - {"visitor", "deactivated"}
INSIDE = {"member", *HOUSE}
DIRECTOR = {"director"}
# Of the Ilmapuntari: the leader and the manager are those of the team in the world.
COORDINATOR = {"coordinator"}
SEES_TEAMS = {"coordinator", "director"}
# Of the caseload: a substitute stands in between dates that the ombudsman has set, here for open matters only. The
# superuser has the ombudsman's appointment, and reads nothing all the same.
KEEPS_CASELOAD = {"ombudsman", "standing_in"}
OMBUDSMAN = {"ombudsman"}
# Steps of signing in and secret links: open to everybody, but they lead on when there is nothing to do in them.
STEP = "step"

TABLE = {
    "health": EVERYBODY,
    "accounts:home": SIGNED_IN,
    "accounts:invitation": STEP,
    "accounts:own_password": SIGNED_IN,
    "accounts:sign_in_with_password": STEP,
    "account_login": STEP,
    "account_request_login_code": STEP,
    "account_confirm_login_code": STEP,
    "mfa_login_webauthn": STEP,
    "mfa_authenticate": STEP,
    "account_inactive": STEP,
    "account_signup": STEP,
    "account_logout": STEP,
    "account_change_password": SIGNED_IN,
    "account_set_password": SIGNED_IN,
    "account_reset_password": STEP,
    "account_reset_password_done": STEP,
    "account_reset_password_from_key": STEP,
    "account_reset_password_from_key_done": STEP,
    "account_email": SIGNED_IN,
    "account_email_verification_sent": STEP,
    "account_reauthenticate": SIGNED_IN,
    "mfa_reauthenticate": SIGNED_IN,
    "mfa_reauthenticate_webauthn": SIGNED_IN,
    "mfa_index": SIGNED_IN,
    "mfa_activate_totp": SIGNED_IN,
    "mfa_deactivate_totp": SIGNED_IN,
    "mfa_view_recovery_codes": SIGNED_IN,
    "mfa_generate_recovery_codes": SIGNED_IN,
    "mfa_download_recovery_codes": SIGNED_IN,
    "mfa_list_webauthn": SIGNED_IN,
    "mfa_add_webauthn": SIGNED_IN,
    "mfa_edit_webauthn": SIGNED_IN,
    "mfa_remove_webauthn": SIGNED_IN,
    "usersessions_list": SIGNED_IN,
    "directory:contacts": EVERYBODY,
    "directory:own_details": SIGNED_IN,
    "directory:people": HOUSE,
    "directory:people_export": HOUSE,
    "directory:person_create": HOUSE,
    "directory:person": HOUSE,
    "directory:person_edit": HOUSE,
    "directory:person_leave": HOUSE,
    "directory:person_return": HOUSE,
    "directory:person_forget": HOUSE,
    "directory:organisations": HOUSE,
    "directory:organisation_create": HOUSE,
    "directory:organisation": HOUSE,
    "directory:organisation_edit": HOUSE,
    "directory:import_start": HOUSE,
    "directory:import_template": HOUSE,
    "directory:import_preview": HOUSE,
    "directory:import_confirm": HOUSE,
    "directory:import_errors": HOUSE,
    "directory:users": DIRECTOR,
    "directory:user_invite": DIRECTOR,
    "directory:user": DIRECTOR,
    "directory:user_roles": DIRECTOR,
    "directory:user_deactivate": DIRECTOR,
    "directory:user_reactivate": DIRECTOR,
    "directory:user_second_factor": DIRECTOR,
    "directory:appointment_create": DIRECTOR,
    "directory:appointment_end": DIRECTOR,
    "publishing:attachment": INSIDE,
    "publishing:history": HOUSE,
    "publishing:restore_change": HOUSE,
    "networks:index": EVERYBODY,
    "networks:create": HOUSE,
    "networks:export": HOUSE,
    "networks:bulk": HOUSE,
    "networks:calendar": EVERYBODY,
    "networks:feed": EVERYBODY,
    "networks:reply": EVERYBODY,
    "networks:detail": EVERYBODY,
    "networks:edit": HOUSE,
    "networks:rename": HOUSE,
    "networks:publish": HOUSE,
    "networks:unpublish": HOUSE,
    "networks:review": HOUSE,
    "networks:delete": HOUSE,
    "networks:letter": HOUSE,
    "networks:network_calendar": EVERYBODY,
    "networks:network_feed": EVERYBODY,
    "networks:phase_create": HOUSE,
    "networks:phase_edit": HOUSE,
    "networks:phase_delete": HOUSE,
    "networks:members": INSIDE,
    "networks:membership_create": HOUSE,
    "networks:member_add": HOUSE,
    "networks:members_export": HOUSE,
    "networks:members_import": HOUSE,
    "networks:membership_edit": HOUSE,
    "networks:membership_end": HOUSE,
    "networks:meeting_create": HOUSE,
    "networks:meeting": EVERYBODY,
    "networks:meeting_edit": HOUSE,
    "networks:meeting_summary": HOUSE,
    "networks:meeting_invite": HOUSE,
    "networks:meeting_remind": HOUSE,
    "networks:meeting_cancel": HOUSE,
    "networks:meeting_delete": HOUSE,
    "networks:attendance": HOUSE,
    "networks:meeting_calendar": EVERYBODY,
    "website:home": EVERYBODY,
    "website:calendar": EVERYBODY,
    "website:calendar_ics": EVERYBODY,
    "website:feed": EVERYBODY,
    "website:regions": EVERYBODY,
    "website:region": EVERYBODY,
    "website:region_edit": HOUSE,
    "website:search": EVERYBODY,
    "website:desk": HOUSE,
    "website:own": SIGNED_IN,
    "website:start": SIGNED_IN,
    "website:accessibility": EVERYBODY,
    "website:privacy": EVERYBODY,
    "website:feedback": EVERYBODY,
    "website:feedback_thanks": EVERYBODY,
    "website:feedback_list": HOUSE,
    "website:feedback_handle": HOUSE,
    "ilmapuntari:index": EVERYBODY,
    "ilmapuntari:privacy": EVERYBODY,
    "ilmapuntari:answer": EVERYBODY,
    "ilmapuntari:poster": SEES_TEAMS | {"leader", "manager"},
    "ilmapuntari:result": EVERYBODY,
    "ilmapuntari:result_discussion": EVERYBODY,
    "ilmapuntari:team": SEES_TEAMS | {"leader", "manager"},
    "ilmapuntari:team_discussion": SEES_TEAMS | {"leader", "manager"},
    "ilmapuntari:team_pdf": SEES_TEAMS | {"leader", "manager"},
    "ilmapuntari:team_xlsx": SEES_TEAMS | {"leader", "manager"},
    "ilmapuntari:team_csv": SEES_TEAMS | {"leader", "manager"},
    "ilmapuntari:result_pdf": EVERYBODY,
    "ilmapuntari:organisation": SEES_TEAMS | {"manager"},
    "ilmapuntari:organisation_xlsx": SEES_TEAMS | {"manager"},
    "ilmapuntari:organisation_csv": SEES_TEAMS | {"manager"},
    "ilmapuntari:county": HOUSE,
    "ilmapuntari:county_xlsx": HOUSE,
    "ilmapuntari:county_csv": HOUSE,
    "ilmapuntari:area": HOUSE,
    "ilmapuntari:area_xlsx": HOUSE,
    "ilmapuntari:area_csv": HOUSE,
    "ilmapuntari:action_create": COORDINATOR | {"leader"},
    "ilmapuntari:action_edit": COORDINATOR | {"leader"},
    "ilmapuntari:action_review": COORDINATOR | {"leader"},
    "ilmapuntari:action_delete": COORDINATOR | {"leader"},
    "ilmapuntari:teams": SEES_TEAMS | {"leader", "other_leader", "manager"},
    "ilmapuntari:team_create": COORDINATOR,
    "ilmapuntari:teams_import": COORDINATOR,
    "ilmapuntari:teams_export": COORDINATOR,
    "ilmapuntari:members_export": COORDINATOR,
    "ilmapuntari:proposals": SEES_TEAMS,
    "ilmapuntari:proposals_decide": COORDINATOR,
    "ilmapuntari:proposal_accept": COORDINATOR,
    "ilmapuntari:proposal_refuse": COORDINATOR,
    "ilmapuntari:proposal_take_back": {"leader"},
    "ilmapuntari:team_edit": COORDINATOR,
    "ilmapuntari:team_end": COORDINATOR,
    "ilmapuntari:team_join": COORDINATOR,
    "ilmapuntari:team_split": COORDINATOR,
    "ilmapuntari:lead_add": COORDINATOR,
    "ilmapuntari:lead_end": COORDINATOR,
    "ilmapuntari:team_members": SEES_TEAMS | {"leader"},
    "ilmapuntari:member_add": COORDINATOR | {"leader"},
    "ilmapuntari:member_edit": COORDINATOR | {"leader"},
    "ilmapuntari:member_end": COORDINATOR | {"leader"},
    "ilmapuntari:member_return": COORDINATOR,
    "ilmapuntari:managers": SEES_TEAMS,
    "ilmapuntari:manager_add": COORDINATOR,
    "ilmapuntari:manager_end": COORDINATOR,
    "ilmapuntari:rounds": SEES_TEAMS,
    "ilmapuntari:round": SEES_TEAMS,
    "ilmapuntari:round_check": SEES_TEAMS,
    "ilmapuntari:unit": SEES_TEAMS,
    "ilmapuntari:round_create": COORDINATOR,
    "ilmapuntari:round_edit": COORDINATOR,
    "ilmapuntari:round_teams": COORDINATOR,
    "ilmapuntari:round_schedule": COORDINATOR,
    "ilmapuntari:round_unschedule": COORDINATOR,
    "ilmapuntari:round_call_off": COORDINATOR,
    "ilmapuntari:round_archive": COORDINATOR,
    "ilmapuntari:unit_join": COORDINATOR,
    "ilmapuntari:unit_part": COORDINATOR,
    "ilmapuntari:joiner_add": COORDINATOR,
    "ilmapuntari:code_resend": COORDINATOR,
    "ilmapuntari:slips_order": COORDINATOR,
    "ilmapuntari:link_renew": COORDINATOR,
    "ilmapuntari:instruments": SEES_TEAMS,
    "ilmapuntari:instrument": SEES_TEAMS,
    "ilmapuntari:instrument_preview": SEES_TEAMS,
    "ilmapuntari:instrument_edit": COORDINATOR,
    "ilmapuntari:instrument_draft": COORDINATOR,
    "ilmapuntari:instrument_publish": COORDINATOR,
    "ilmapuntari:theme_add": COORDINATOR,
    "ilmapuntari:theme_edit": COORDINATOR,
    "ilmapuntari:theme_move": COORDINATOR,
    "ilmapuntari:theme_remove": COORDINATOR,
    "ilmapuntari:statement_add": COORDINATOR,
    "ilmapuntari:statement_edit": COORDINATOR,
    "ilmapuntari:statement_move": COORDINATOR,
    "ilmapuntari:statement_remove": COORDINATOR,
    "events:index": EVERYBODY,
    "events:table": EVERYBODY,
    "events:calendar": EVERYBODY,
    "events:feed": EVERYBODY,
    "events:month": EVERYBODY,
    "events:materials": EVERYBODY,
    "events:figures": EVERYBODY,
    "events:figures_export": EVERYBODY,
    "events:series_index": EVERYBODY,
    "events:series": EVERYBODY,
    "events:series_calendar": EVERYBODY,
    "events:series_feed": EVERYBODY,
    "events:standing_create": EVERYBODY,
    "events:standing_created": EVERYBODY,
    "events:registration": EVERYBODY,
    "events:registration_calendar": EVERYBODY,
    "events:registration_cancel": EVERYBODY,
    "events:registration_accept": EVERYBODY,
    "events:registration_certificate": EVERYBODY,
    "events:registration_edit": EVERYBODY,
    "events:standing": EVERYBODY,
    "events:own_ask": EVERYBODY,
    "events:own": EVERYBODY,
    "events:own_remove": EVERYBODY,
    "events:door": EVERYBODY,
    "events:certificate": EVERYBODY,
    "events:speaker": EVERYBODY,
    "events:detail": EVERYBODY,
    "events:event_calendar": EVERYBODY,
    "events:recording": EVERYBODY,
    "events:register": EVERYBODY,
    "events:registered": EVERYBODY,
    "events:feedback": EVERYBODY,
    "events:feedback_thanks": EVERYBODY,
    "events:create": HOUSE,
    "events:series_create": HOUSE,
    "events:series_edit": HOUSE,
    "events:series_rename": HOUSE,
    "events:series_publish": HOUSE,
    "events:series_unpublish": HOUSE,
    "events:series_review": HOUSE,
    "events:series_delete": HOUSE,
    "events:season": HOUSE,
    "events:standing_list": HOUSE,
    "events:series_part_create": HOUSE,
    "events:series_part_edit": HOUSE,
    "events:series_part_delete": HOUSE,
    "events:feedback_summary": HOUSE,
    "events:edit": HOUSE,
    "events:rename": HOUSE,
    "events:publish": HOUSE,
    "events:unpublish": HOUSE,
    "events:delete": HOUSE,
    "events:cancel": HOUSE,
    "events:participants": HOUSE,
    "events:door_add": HOUSE,
    "events:attendance_import": HOUSE,
    "events:participants_export": HOUSE,
    "events:participants_pdf": HOUSE,
    "events:badges_pdf": HOUSE,
    "events:participant_cancel": HOUSE,
    "events:participant_edit": HOUSE,
    "events:files": HOUSE,
    "events:file_delete": HOUSE,
    "events:part_create": HOUSE,
    "events:part_edit": HOUSE,
    "events:part_delete": HOUSE,
    "events:part_move": HOUSE,
    "events:speaker_ask": HOUSE,
    "events:speaker_accept": HOUSE,
    "events:speaker_drop": HOUSE,
    "projects:index": EVERYBODY,
    "projects:table": EVERYBODY,
    "projects:calendar": EVERYBODY,
    "projects:feed": EVERYBODY,
    "projects:area_map": EVERYBODY,
    "projects:timeline": EVERYBODY,
    "projects:detail": EVERYBODY,
    "projects:project_calendar": EVERYBODY,
    "projects:project_feed": EVERYBODY,
    "projects:create": HOUSE,
    "projects:portfolio": HOUSE,
    "projects:portfolio_export": HOUSE,
    "projects:person_months": HOUSE,
    "projects:person_months_export": HOUSE,
    "projects:projects_import": HOUSE,
    "projects:edit": HOUSE,
    "projects:rename": HOUSE,
    "projects:publish": HOUSE,
    "projects:unpublish": HOUSE,
    "projects:review": HOUSE,
    "projects:delete": HOUSE,
    "projects:summary_document": HOUSE,
    "projects:money": HOUSE,
    "projects:files": HOUSE,
    "projects:file_delete": HOUSE,
    "projects:part_create": HOUSE,
    "projects:part_edit": HOUSE,
    "projects:part_delete": HOUSE,
    "projects:part_move": HOUSE,
    "projects:links_check": HOUSE,
    "projects:deadline_done": HOUSE,
    "ombudsman:about": EVERYBODY,
    "ombudsman:accounts": EVERYBODY,
    "ombudsman:account": EVERYBODY,
    "ombudsman:account_pdf": EVERYBODY,
    "ombudsman:account_csv": EVERYBODY,
    "ombudsman:message_create": EVERYBODY,
    "ombudsman:receipt": EVERYBODY,
    "ombudsman:substitute_switch": DIRECTOR,
    "ombudsman:purpose": {"standing_in"},
    "ombudsman:index": KEEPS_CASELOAD,
    "ombudsman:leave": KEEPS_CASELOAD,
    "ombudsman:search": KEEPS_CASELOAD,
    "ombudsman:contacts": KEEPS_CASELOAD,
    "ombudsman:contact_create": KEEPS_CASELOAD,
    "ombudsman:same_caller": KEEPS_CASELOAD,
    "ombudsman:draft_save": KEEPS_CASELOAD,
    "ombudsman:draft_delete": KEEPS_CASELOAD,
    "ombudsman:contact": KEEPS_CASELOAD,
    "ombudsman:contact_edit": KEEPS_CASELOAD,
    "ombudsman:contact_delete": OMBUDSMAN,
    "ombudsman:contact_open_case": KEEPS_CASELOAD,
    "ombudsman:cases": KEEPS_CASELOAD,
    "ombudsman:case": KEEPS_CASELOAD,
    "ombudsman:case_edit": KEEPS_CASELOAD,
    "ombudsman:case_move": KEEPS_CASELOAD,
    "ombudsman:case_delete": OMBUDSMAN,
    "ombudsman:measure_create": KEEPS_CASELOAD,
    "ombudsman:measure_delete": KEEPS_CASELOAD,
    "ombudsman:file_create": KEEPS_CASELOAD,
    "ombudsman:case_file": KEEPS_CASELOAD,
    "ombudsman:file_delete": OMBUDSMAN,
    "ombudsman:messages": KEEPS_CASELOAD,
    "ombudsman:message": KEEPS_CASELOAD,
    "ombudsman:message_answered": KEEPS_CASELOAD,
    "ombudsman:message_delete": OMBUDSMAN,
    "ombudsman:other_work": KEEPS_CASELOAD,
    "ombudsman:other_work_create": KEEPS_CASELOAD,
    "ombudsman:other_work_edit": KEEPS_CASELOAD,
    "ombudsman:other_work_delete": KEEPS_CASELOAD,
    "ombudsman:codes": OMBUDSMAN,
    "ombudsman:code_create": OMBUDSMAN,
    "ombudsman:code_edit": OMBUDSMAN,
    "ombudsman:area": OMBUDSMAN,
    "ombudsman:details": OMBUDSMAN,
    "ombudsman:substitutions": OMBUDSMAN,
    "ombudsman:substitution_create": OMBUDSMAN,
    "ombudsman:substitution_read": OMBUDSMAN,
    "ombudsman:substitution_end": OMBUDSMAN,
    "ombudsman:keeping": OMBUDSMAN,
    "ombudsman:log": OMBUDSMAN,
    "ombudsman:retention": OMBUDSMAN,
    "ombudsman:retention_edit": OMBUDSMAN,
    "ombudsman:case_keep": OMBUDSMAN,
    "ombudsman:contact_keep": OMBUDSMAN,
    "ombudsman:statistics": OMBUDSMAN,
    "ombudsman:statistics_csv": OMBUDSMAN,
    "ombudsman:account_list": OMBUDSMAN,
    "ombudsman:account_edit": OMBUDSMAN,
    "ombudsman:account_approve": OMBUDSMAN,
    "ombudsman:account_docx": OMBUDSMAN,
    "website:robots": EVERYBODY,
    "website:sitemap": EVERYBODY,
}
# Who has no second factor, no password or no change to go back to finds nothing to do at these.
NOTHING_TO_DO = {
    "account_reauthenticate",
    "health",
    "mfa_deactivate_totp",
    "mfa_download_recovery_codes",
    "mfa_edit_webauthn",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "mfa_remove_webauthn",
    "mfa_view_recovery_codes",
    "publishing:restore_change",
    "ilmapuntari:statement_move",
    "ilmapuntari:theme_move",
    "ilmapuntari:unit_join",
}
# A table that was brought is its bringer's alone until it is confirmed, a draft its writer's.
OWN_ONLY = {
    "directory:import_preview": "staff",
    "directory:import_errors": "staff",
    "ombudsman:draft_delete": "ombudsman",
}
WELL = {200, 201, 204, 301, 302, 303, 400, 405, 422}


def addresses(patterns=None, namespace=""):
    """{name: pattern} of every address."""
    found = {}
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLPattern):
            found[f"{namespace}:{pattern.name}" if namespace else pattern.name] = pattern
        else:
            found |= addresses(pattern.url_patterns, pattern.namespace or namespace)
    return found


ADDRESSES = addresses()


@pytest.fixture
def world(db, settings, tmp_path, request):
    """One of everything, with somebody in every role."""
    settings.MEDIA_ROOT = tmp_path
    users = SimpleNamespace(
        staff=UserFactory(roles=[Role.STAFF]),
        coordinator=UserFactory(roles=[Role.COORDINATOR]),
        director=UserFactory(roles=[Role.DIRECTOR]),
        ombudsman=AppointmentFactory().user,
        substitute=AppointmentFactory(office=Appointment.Office.SUBSTITUTE).user,
        superuser=AppointmentFactory(user=UserFactory(is_superuser=True)).user,
        member=UserFactory(),
        other_member=UserFactory(),
        leader=UserFactory(),
        other_leader=UserFactory(),
        manager=UserFactory(),
        deactivated=UserFactory(roles=[Role.STAFF]),
    )
    today = timezone.localdate()
    users.standing_in = make_substitute(by=users.ombudsman, starts_on=today, ends_on=today)
    county = CountyFactory()
    network = NetworkFactory(counties=[county])
    membership = MembershipFactory(network=network, person__user=users.member)
    MembershipFactory(person__user=users.other_member)
    for name in ("staff", "coordinator", "director", "ombudsman", "substitute", "standing_in", "deactivated"):
        PersonFactory(user=getattr(users, name))
    meeting = MeetingFactory(network=network)
    attendance = AttendanceFactory(meeting=meeting, person=membership.person)
    attachment = Attachment.objects.create(
        record=meeting, file=SimpleUploadedFile("muistio.pdf", b"%PDF-1.7"), name="muistio.pdf",
        mime_type="application/pdf", size=8, purpose="minutes",
    )  # fmt: skip
    somebody = PersonFactory(user=UserFactory())
    appointment = AppointmentFactory(user=somebody.user)
    draft = ImportDraft.objects.create(
        purpose="directory.people", file_name="a.xlsx", keys=["name"], rows=[], created_by=users.staff
    )
    team = TeamFactory(size=6)
    past_member = TeamMemberFactory(team=team, ends_on=timezone.localdate())
    lead = LeadFactory(team=team, user=users.leader)
    LeadFactory(user=users.other_leader)
    manager = ManagerFactory(user=users.manager, organisation=team.organisation)
    proposal = MemberProposalFactory(team=team, proposed_by=users.leader)
    unit = publish(RoundFactory(published=True), {team: [6] * 6})[team]
    action = AgreedActionFactory(team=team, round=unit.round)
    planned = RoundFactory()
    planned.plan_units([team])
    planned_unit = planned.units.get()
    invitee = Invitee.objects.create(round=planned, unit=planned_unit, name="Kutsuttu", email="kutsuttu@example.org")
    project = ProjectFactory(dated=True)
    decision = Attachment.objects.create(
        record=project, file=SimpleUploadedFile("paatos.pdf", b"%PDF-1.7"), name="paatos.pdf",
        mime_type="application/pdf", size=8, purpose="decision",
    )  # fmt: skip
    series = SeriesFactory(takes_standing=True)
    event = EventFactory(series=series)
    speaker = SpeakerFactory(event=event)
    registered = RegistrationFactory(event=event)
    was_there = RegistrationFactory(event=EventFactory(held=True), was_present=True)
    slides = Attachment.objects.create(
        record=event, file=SimpleUploadedFile("esitys.pdf", b"%PDF-1.7"), name="esitys.pdf",
        mime_type="application/pdf", size=8, purpose="material",
    )  # fmt: skip
    questionnaire = Instrument.objects.draft_from()
    statement = questionnaire.statements.first()
    # Only for its own addresses: the other pages know nothing of it.
    is_about_caseload = "ombudsman:" in request.node.name
    caseload = make_caseload(users) if is_about_caseload else SimpleNamespace(case=None, keys={})
    by_room = {
        "ombudsman": {"number": caseload.case and caseload.case.number, "year": 2021, "area": "kaikki"},
        "ilmapuntari": {
            "slug": team.slug,
            "secret": unit.result_secret,
            "number": questionnaire.number,
            "pk": planned.pk,
            "round_pk": planned.pk,
        },
        "networks": {
            "slug": network.slug,
            "section": "tiedot",
            "token": mail.reply_token(attendance),
        },
        "events": {"slug": event.slug, "section": "aika", "kind": "puhujat"},
        "projects": {"slug": project.slug, "section": "aika", "kind": "tavoitteet"},
        "publishing": {
            "content_type": ContentType.objects.get_for_model(Network).pk,
            "name": "muistio.pdf",
        },
        "accounts": {"token": "keksitty"},
        "website": {"slug": county.slug, "pk": 1},
        "": {"pk": 1, "uidb36": "1", "key": "x-y"},
    }
    by_name = {
        "phase_edit": PhaseFactory(network=network, on=timezone.localdate(), status="paused").pk,
        "membership_edit": membership.pk,
        "membership_end": membership.pk,
        "attachment": attachment.pk,
        "history": network.pk,
        "restore_change": network.pk,
        "organisation": OrganisationFactory().pk,
        "import_preview": draft.pk,
        "user": somebody.user.pk,
        "person": PersonFactory().pk,
    }
    objective = ObjectiveFactory(project=project)
    by_name |= {
        **dict.fromkeys(["part_edit", "part_delete", "part_move"], objective.pk),
        "deadline_done": DeadlineFactory(project=project).pk,
        "file_delete": decision.pk,
        "answer": unit_of(RoundFactory(open=True), team).pk,
        "poster": planned_unit.pk,
        "unit": planned_unit.pk,
        "unit_part": planned_unit.pk,
        "joiner_add": planned_unit.pk,
        "link_renew": planned_unit.pk,
        "code_resend": invitee.pk,
        **dict.fromkeys(["theme_edit", "theme_move", "theme_remove"], statement.theme_id),
        **dict.fromkeys(["statement_edit", "statement_move", "statement_remove"], statement.pk),
        "action_edit": action.pk,
        "action_review": action.pk,
        "action_delete": action.pk,
        "proposal_accept": proposal.pk,
        "proposal_refuse": proposal.pk,
        "proposal_take_back": proposal.pk,
        "lead_end": lead.pk,
        "member_edit": team.members.present().first().pk,
        "member_end": team.members.present().first().pk,
        "member_return": past_member.pk,
        "manager_end": manager.pk,
    }
    by_name["phase_delete"] = by_name["phase_edit"]
    by_name["organisation_edit"] = by_name["organisation"]
    by_name["import_confirm"] = by_name["import_errors"] = by_name["import_preview"]
    if "website:feedback_handle" in ADDRESSES:
        from website.models import Feedback

        by_name["feedback_handle"] = Feedback.objects.create(message="Kiitos").pk
    by_address = {
        **{f"ilmapuntari:organisation{end}": {"pk": team.organisation_id} for end in ("", "_xlsx", "_csv")},
        **{f"ilmapuntari:county{end}": {"slug": team.county.slug} for end in ("", "_xlsx", "_csv")},
        **{
            name: {"slug": series.slug, "section": "tapa", "kind": "vaiheet"}
            for name in ADDRESSES
            if name.startswith(("events:series", "events:season", "events:standing"))
        },
        **{
            f"events:{name}": {"pk": speaker.pk}
            for name in ("part_edit", "part_delete", "part_move", "speaker_ask", "speaker_accept", "speaker_drop")
        },
        "events:file_delete": {"pk": slides.pk},
        "events:participant_cancel": {"pk": registered.pk},
        "events:participant_edit": {"pk": registered.pk},
        **{
            f"events:{name}": {"token": links.token("registration", registered)}
            for name in (
                "registration",
                "registration_calendar",
                "registration_cancel",
                "registration_accept",
                "registration_edit",
            )
        },
        "events:registration_certificate": {"token": links.token("registration", was_there)},
        "events:certificate": {"token": links.certificate_token(was_there)},
        "events:standing": {"token": links.token("standing", StandingFactory(series=series))},
        "events:door": {"token": links.token("door", registered)},
        "events:speaker": {"token": links.token("speaker", speaker)},
        "events:own": {"token": links.own_token(registered.email)},
        "events:own_remove": {"token": links.own_token(registered.email)},
    }
    by_address |= {f"ombudsman:{name}": {"pk": pk} for name, pk in caseload.keys.items()}
    by_address |= {
        f"ombudsman:{name}": {"year": 2022} for name in ("account_edit", "account_approve", "account_docx")
    }  # fmt: skip
    for name in ("events:series_part_edit", "events:series_part_delete"):
        by_address[name] = by_address[name] | {"pk": series.phases.get().pk}
    world = SimpleNamespace(
        users=users, by_room=by_room, by_name=by_name, by_address=by_address, meeting=meeting, appointment=appointment
    )
    world.clients = {name: signed_in(user) for name, user in vars(users).items()} | {"visitor": Client()}
    session = world.clients["standing_in"].session
    entrance.enter(session)
    session[entrance.PURPOSE] = Purpose.CALL
    session.save()
    users.deactivated.deactivate(by=users.director)
    return world


def make_caseload(users):
    """One of everything in the caseload, all of it visible to a substitute for open matters."""
    contact = make_contact(by=users.standing_in)
    case = make_case(by=users.ombudsman)
    message, _receipt = make_message()
    with transaction.atomic(), as_portal():
        file = CaseFile.objects.create(
            case=case, facts={"name": "liite.pdf", "mime_type": "application/pdf", "size": 8}, content=b"%PDF-1.7"
        )
        fact = Fact.objects.create(kind=Fact.Kind.MEASURE, month=date(2026, 3, 1), measures=["advice"])
        measure = Measure.objects.create(case=case, taken_on=date(2026, 3, 2), code="advice", fact=str(fact.pk))
        draft = Draft.objects.create(owner=users.ombudsman, typed={"data": {}})
    work = OtherWork.objects.create(done_on=date(2026, 3, 2), kind="meeting", title="Tapaaminen")
    Account.objects.create(year=2022)
    Account.objects.create(year=2021).approve(published_tables(2021), by=users.ombudsman)
    contacts = ("contact", "contact_edit", "contact_delete", "contact_open_case", "contact_keep")
    messages = ("message", "message_answered", "message_delete")
    keys = {
        **dict.fromkeys(contacts, contact.pk),
        **dict.fromkeys(messages, message.pk),
        **dict.fromkeys(("case_file", "file_delete"), file.pk),
        **dict.fromkeys(("other_work_edit", "other_work_delete"), work.pk),
        **dict.fromkeys(("substitution_read", "substitution_end"), Substitution.objects.get().pk),
        "measure_delete": measure.pk,
        "draft_delete": draft.pk,
        "code_edit": Code.objects.first().pk,
    }
    return SimpleNamespace(case=case, keys=keys)


def url_of(name, world):
    """The address with the world's keys in it."""
    room, _, short = name.rpartition(":")
    wanted = ADDRESSES[name].pattern.regex.groupindex
    values = dict(world.by_room.get(room, {}))
    if room == "directory":
        person = "user" if short.startswith(("user_", "user", "appointment")) else "person"
        values["pk"] = world.by_name.get(short, world.by_name[person])
        values["appointment_pk"] = world.appointment.pk
    elif room == "networks":
        values["pk"] = world.by_name.get(short, world.meeting.pk)
    elif short in world.by_name:
        values["pk"] = world.by_name[short]
    values |= world.by_address.get(name, {})
    return reverse(name, kwargs={key: values[key] for key in wanted})


def leads_to_sign_in(response):
    return response.status_code == 302 and response["Location"].startswith(reverse("account_login"))


@pytest.fixture
def locks(monkeypatch):
    """Whether rows are locked in a transaction of the view's own: the one around a test would hide that it has none."""
    seen = SimpleNamespace(depth=0, outside=False)
    lock = QuerySet.select_for_update

    def watched(rows, *args, **kwargs):
        seen.outside = seen.outside or len(connection.savepoint_ids) <= seen.depth
        return lock(rows, *args, **kwargs)

    monkeypatch.setattr(QuerySet, "select_for_update", watched)
    return seen


@pytest.mark.parametrize("name", sorted(ADDRESSES))
def test_every_address_lets_in_exactly_those_of_the_table(name, world, locks):
    assert name in TABLE, f"{name} is missing from the table"
    allowed = TABLE[name] if name not in OWN_ONLY else {OWN_ONLY[name]}
    url = url_of(name, world)

    for role, client in world.clients.items():
        for method in ("get", "post"):
            with transaction.atomic():
                locks.depth, locks.outside = len(connection.savepoint_ids), False
                response = getattr(client, method)(url)
                if response.streaming:
                    b"".join(response.streaming_content)
                transaction.set_rollback(True)
            asked = f"{role} {method} {url}: {response.status_code}"
            assert not locks.outside, f"{asked}, and rows are locked outside of a transaction"
            if allowed == STEP:
                assert response.status_code < 500, asked
            elif role in allowed:
                expected = WELL | {403, 404, 503} if name in NOTHING_TO_DO else WELL
                assert response.status_code in expected, asked
                assert not leads_to_sign_in(response), asked
            elif role in {"visitor", "deactivated"} and name != "publishing:attachment":
                assert leads_to_sign_in(response), asked
            else:
                assert response.status_code in {404, 405}, asked
                assert method == "post" or response.status_code == 404 or is_for_posts_only(name), asked


def is_for_posts_only(name):
    """An address that answers "wrong method" to a GET, before it looks at who asks."""
    return getattr(ADDRESSES[name].callback, "__closure__", None) is not None


def test_the_table_names_no_address_that_is_gone():
    assert set(TABLE) - set(ADDRESSES) == set()


@pytest.mark.django_db
def test_what_a_signed_in_person_sees_is_stored_nowhere(as_member, as_staff):
    for client in (as_member, as_staff):
        response = client.get(reverse("networks:index"))

        assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_every_answer_carries_the_headers():
    for path in ("/", "/verkostot/", "/ei-ole/", "/terveys/", "/tyopoyta/", "/haku/?q=%00"):
        response = Client().get(path)

        assert "default-src 'none'" in response["Content-Security-Policy"], path
        assert response["X-Content-Type-Options"] == "nosniff", path
        assert response["X-Frame-Options"] == "DENY", path
        assert response["Referrer-Policy"] == "same-origin", path
        assert response["Cross-Origin-Opener-Policy"] == "same-origin", path
        assert response["Cross-Origin-Resource-Policy"] == "same-origin", path
        assert "camera=()" in response["Permissions-Policy"], path
