"""Every page of ours, in both colour schemes, wide and narrow: readable by everybody, quick to fetch, no complaints.

The pages come from the URL table: one that is named neither here nor among those without a page fails.
"""

import pytest
from django.urls import reverse

from tests.accounts.factories import UserFactory
from tests.browser.filled_caseload import filled_caseload
from tests.browser.filled_portal import filled_portal
from tests.browser.soundness import DESKTOP, picture, troubles_in_all_looks
from tests.browser.weight import Weight
from tests.test_access import ADDRESSES

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MOST_BYTES, MOST_HTML, MOST_REQUESTS = 60_000, 20_000, 6
PARTS = 4  # of the pages of those who have many, so that no worker waits long for the other

# No page to look at, and why.
FILES = {
    "directory:people_export", "directory:import_template", "directory:import_errors",
    "mfa_download_recovery_codes", "networks:calendar", "networks:export", "networks:feed", "networks:meeting_calendar",
    "networks:members_export", "networks:network_calendar", "networks:network_feed", "publishing:attachment",
    "website:calendar_ics", "website:feed", "website:robots", "website:sitemap", "health",
    "ilmapuntari:area_csv", "ilmapuntari:area_xlsx", "ilmapuntari:county_csv", "ilmapuntari:county_xlsx",
    "ilmapuntari:members_export", "ilmapuntari:organisation_csv", "ilmapuntari:organisation_xlsx",
    "ilmapuntari:result_pdf", "ilmapuntari:team_csv", "ilmapuntari:team_pdf", "ilmapuntari:team_xlsx",
    "ilmapuntari:teams_export",
    "events:badges_pdf", "events:calendar", "events:event_calendar", "events:feed", "events:figures_export",
    "events:participants_export", "events:participants_pdf", "events:registration_calendar",
    "events:registration_certificate", "events:series_calendar", "events:series_feed", "events:table",
    "projects:calendar", "projects:feed", "projects:person_months_export", "projects:portfolio_export",
    "projects:project_calendar", "projects:project_feed", "projects:summary_document", "projects:table",
    "ombudsman:account_csv", "ombudsman:account_docx", "ombudsman:account_pdf", "ombudsman:case_file",
    "ombudsman:statistics_csv",
}  # fmt: skip
ONLY_POSTED = {
    "directory:appointment_create", "directory:import_confirm", "directory:person_return", "directory:user_reactivate",
    "directory:user_roles", "networks:meeting_invite", "networks:meeting_remind", "networks:membership_end",
    "networks:phase_delete", "networks:publish", "networks:review", "networks:unpublish", "publishing:restore_change",
    "website:feedback_handle",
    "events:door_add", "events:file_delete", "events:part_delete", "events:part_move", "events:publish",
    "events:registration_accept", "events:series_part_delete", "events:series_publish", "events:series_review",
    "events:series_unpublish", "events:speaker_accept", "events:speaker_ask", "events:speaker_drop",
    "events:unpublish",
    "projects:deadline_done", "projects:file_delete", "projects:links_check", "projects:part_delete",
    "projects:part_move", "projects:publish", "projects:review", "projects:unpublish",
    "ombudsman:case_move", "ombudsman:contact_open_case", "ombudsman:draft_delete", "ombudsman:draft_save",
    "ombudsman:file_create", "ombudsman:file_delete", "ombudsman:leave", "ombudsman:measure_create",
    "ombudsman:measure_delete", "ombudsman:message_answered", "ombudsman:same_caller",
    "ilmapuntari:code_resend", "ilmapuntari:instrument_draft", "ilmapuntari:instrument_publish",
    "ilmapuntari:lead_end", "ilmapuntari:link_renew", "ilmapuntari:manager_end", "ilmapuntari:member_end",
    "ilmapuntari:member_return", "ilmapuntari:proposal_accept", "ilmapuntari:proposal_refuse",
    "ilmapuntari:proposal_take_back", "ilmapuntari:proposals_decide", "ilmapuntari:round_archive",
    "ilmapuntari:round_schedule", "ilmapuntari:round_unschedule", "ilmapuntari:slips_order",
    "ilmapuntari:statement_move", "ilmapuntari:theme_move", "ilmapuntari:theme_remove", "ilmapuntari:unit_part",
}  # fmt: skip
LEADS_ON = {
    "events:recording": "to a video service, the one page on which anything is fetched from elsewhere",
    "accounts:own_password": "to changing or setting the password, which are visited",
    "account_request_login_code": "a second name of account_login",
    "website:start": "to the page with which the role begins",
    "mfa_login_webauthn": "answers the script of the sign-in page in JSON",
    "mfa_view_recovery_codes": "shows the codes once, right after they were made; visited in test_form_pages.py",
}
STEPS = {
    "networks:bulk": "posted from the list; visited in test_form_pages.py",
    "account_confirm_login_code": "follows the asking for a code; visited in test_form_pages.py",
    "mfa_authenticate": "follows the password; visited in test_form_pages.py",
    "account_email_verification_sent": "follows a change of address; visited in test_form_pages.py",
    "account_reset_password_from_key": "needs a link from a letter; visited in test_form_pages.py",
}
NO_PAGE = FILES | ONLY_POSTED | set(LEADS_ON) | set(STEPS)

# Who looks at which page: the least of the roles that may, and the others for whom it looks different.
PAGES = {
    "account_change_password": "member",
    "account_email": "member",
    "account_inactive": "visitor",
    "account_login": "visitor",
    "account_logout": "member",
    "account_reauthenticate": "member",
    "account_reset_password": "visitor",
    "account_reset_password_done": "visitor",
    "account_reset_password_from_key_done": "visitor",
    "account_set_password": "newcomer",
    "account_signup": "visitor",
    "accounts:home": "member director",
    "accounts:invitation": "visitor",
    "accounts:sign_in_with_password": "visitor",
    "directory:appointment_end": "director",
    "directory:contacts": "visitor staff",
    "directory:import_preview": "staff",
    "directory:import_start": "staff",
    "directory:organisation": "staff",
    "directory:organisation_create": "staff",
    "directory:organisation_edit": "staff",
    "directory:organisations": "staff",
    "directory:own_details": "member",
    "directory:people": "staff director",
    "directory:person": "staff",
    "directory:person_create": "staff",
    "directory:person_edit": "staff",
    "directory:person_forget": "staff",
    "directory:person_leave": "staff",
    "directory:user": "director",
    "directory:user_deactivate": "director",
    "directory:user_invite": "director",
    "directory:user_second_factor": "director",
    "directory:users": "director",
    "ilmapuntari:action_create": "leader",
    "ilmapuntari:action_delete": "leader",
    "ilmapuntari:action_edit": "leader",
    "ilmapuntari:action_review": "leader",
    "ilmapuntari:answer": "visitor",
    "ilmapuntari:area": "staff",
    "ilmapuntari:county": "staff",
    "ilmapuntari:index": "visitor leader coordinator",
    "ilmapuntari:instrument": "coordinator director",
    "ilmapuntari:instrument_edit": "coordinator",
    "ilmapuntari:instrument_preview": "coordinator",
    "ilmapuntari:instruments": "coordinator director",
    "ilmapuntari:joiner_add": "coordinator",
    "ilmapuntari:lead_add": "coordinator",
    "ilmapuntari:manager_add": "coordinator",
    "ilmapuntari:managers": "coordinator director",
    "ilmapuntari:member_add": "leader coordinator",
    "ilmapuntari:member_edit": "leader coordinator",
    "ilmapuntari:organisation": "manager",
    "ilmapuntari:poster": "leader",
    "ilmapuntari:privacy": "visitor",
    "ilmapuntari:proposals": "coordinator director",
    "ilmapuntari:result": "visitor",
    "ilmapuntari:result_discussion": "visitor",
    "ilmapuntari:round": "coordinator director",
    "ilmapuntari:round_call_off": "coordinator",
    "ilmapuntari:round_check": "coordinator director",
    "ilmapuntari:round_create": "coordinator",
    "ilmapuntari:round_edit": "coordinator",
    "ilmapuntari:round_teams": "coordinator",
    "ilmapuntari:rounds": "coordinator director",
    "ilmapuntari:statement_add": "coordinator",
    "ilmapuntari:statement_edit": "coordinator",
    "ilmapuntari:statement_remove": "coordinator",
    "ilmapuntari:team": "leader manager coordinator",
    "ilmapuntari:team_create": "coordinator",
    "ilmapuntari:team_discussion": "leader",
    "ilmapuntari:team_edit": "coordinator",
    "ilmapuntari:team_end": "coordinator",
    "ilmapuntari:team_join": "coordinator",
    "ilmapuntari:team_members": "leader coordinator",
    "ilmapuntari:team_split": "coordinator",
    "ilmapuntari:teams": "leader manager coordinator",
    "ilmapuntari:teams_import": "coordinator",
    "ilmapuntari:theme_add": "coordinator",
    "ilmapuntari:theme_edit": "coordinator",
    "ilmapuntari:unit": "coordinator director",
    "ilmapuntari:unit_join": "coordinator",
    "mfa_activate_totp": "member",
    "mfa_add_webauthn": "staff",
    "mfa_deactivate_totp": "staff",
    "mfa_edit_webauthn": "staff",
    "mfa_generate_recovery_codes": "staff",
    "mfa_index": "member staff",
    "mfa_list_webauthn": "member staff",
    "mfa_reauthenticate": "staff",
    "mfa_reauthenticate_webauthn": "staff",
    "mfa_remove_webauthn": "staff",
    "networks:attendance": "staff",
    "networks:create": "staff",
    "networks:delete": "staff",
    "networks:detail": "visitor member staff",
    "networks:edit": "staff",
    "networks:index": "visitor staff",
    "networks:letter": "staff",
    "networks:meeting": "visitor member staff",
    "networks:meeting_cancel": "staff",
    "networks:meeting_create": "staff",
    "networks:meeting_delete": "staff",
    "networks:meeting_edit": "staff",
    "networks:meeting_summary": "staff",
    "networks:member_add": "staff",
    "networks:members": "member staff",
    "networks:members_import": "staff",
    "networks:membership_create": "staff",
    "networks:membership_edit": "staff",
    "networks:phase_create": "staff",
    "networks:phase_edit": "staff",
    "networks:rename": "staff",
    "networks:reply": "visitor",
    "events:certificate": "visitor",
    "events:door": "visitor",
    "events:feedback": "visitor",
    "events:feedback_thanks": "visitor",
    "events:figures": "visitor",
    "events:materials": "visitor",
    "events:month": "visitor",
    "events:own": "visitor",
    "events:own_ask": "visitor",
    "events:own_remove": "visitor",
    "events:register": "visitor",
    "events:registered": "visitor",
    "events:registration": "visitor",
    "events:registration_cancel": "visitor",
    "events:registration_edit": "visitor",
    "events:series_index": "visitor",
    "events:speaker": "visitor",
    "events:standing": "visitor",
    "events:standing_create": "visitor",
    "events:standing_created": "visitor",
    "events:detail": "visitor staff",
    "events:index": "visitor staff",
    "events:series": "visitor staff",
    "events:attendance_import": "staff",
    "events:cancel": "staff",
    "events:create": "staff",
    "events:delete": "staff",
    "events:edit": "staff",
    "events:feedback_summary": "staff",
    "events:files": "staff",
    "events:part_create": "staff",
    "events:part_edit": "staff",
    "events:participant_cancel": "staff",
    "events:participant_edit": "staff",
    "events:participants": "staff",
    "events:rename": "staff",
    "events:season": "staff",
    "events:series_create": "staff",
    "events:series_delete": "staff",
    "events:series_edit": "staff",
    "events:series_part_create": "staff",
    "events:series_part_edit": "staff",
    "events:series_rename": "staff",
    "events:standing_list": "staff",
    "ombudsman:about": "visitor director ombudsman",
    "ombudsman:account": "visitor",
    "ombudsman:account_approve": "ombudsman",
    "ombudsman:account_edit": "ombudsman",
    "ombudsman:account_list": "ombudsman",
    "ombudsman:accounts": "visitor",
    "ombudsman:area": "ombudsman",
    "ombudsman:case": "ombudsman",
    "ombudsman:case_delete": "ombudsman",
    "ombudsman:case_edit": "ombudsman",
    "ombudsman:case_keep": "ombudsman",
    "ombudsman:cases": "ombudsman",
    "ombudsman:code_create": "ombudsman",
    "ombudsman:code_edit": "ombudsman",
    "ombudsman:codes": "ombudsman",
    "ombudsman:contact": "ombudsman",
    "ombudsman:contact_create": "ombudsman",
    "ombudsman:contact_delete": "ombudsman",
    "ombudsman:contact_edit": "ombudsman",
    "ombudsman:contact_keep": "ombudsman",
    "ombudsman:contacts": "ombudsman",
    "ombudsman:details": "ombudsman",
    "ombudsman:index": "ombudsman substitute",
    "ombudsman:keeping": "ombudsman",
    "ombudsman:log": "ombudsman",
    "ombudsman:message": "ombudsman",
    "ombudsman:message_create": "visitor",
    "ombudsman:message_delete": "ombudsman",
    "ombudsman:messages": "ombudsman",
    "ombudsman:other_work": "ombudsman",
    "ombudsman:other_work_create": "ombudsman",
    "ombudsman:other_work_delete": "ombudsman",
    "ombudsman:other_work_edit": "ombudsman",
    "ombudsman:purpose": "substitute",
    "ombudsman:receipt": "visitor",
    "ombudsman:retention": "ombudsman",
    "ombudsman:retention_edit": "ombudsman",
    "ombudsman:search": "ombudsman",
    "ombudsman:statistics": "ombudsman",
    "ombudsman:substitute_switch": "director",
    "ombudsman:substitution_create": "ombudsman",
    "ombudsman:substitution_end": "ombudsman",
    "ombudsman:substitution_read": "ombudsman",
    "ombudsman:substitutions": "ombudsman",
    "projects:area_map": "visitor",
    "projects:create": "staff",
    "projects:delete": "staff",
    "projects:detail": "visitor staff",
    "projects:edit": "staff",
    "projects:files": "staff",
    "projects:index": "visitor staff",
    "projects:money": "staff",
    "projects:part_create": "staff",
    "projects:part_edit": "staff",
    "projects:person_months": "staff",
    "projects:portfolio": "staff",
    "projects:projects_import": "staff",
    "projects:rename": "staff",
    "projects:timeline": "visitor",
    "publishing:history": "staff",
    "usersessions_list": "member",
    "website:accessibility": "visitor",
    "website:calendar": "visitor",
    "website:desk": "staff",
    "website:feedback": "visitor",
    "website:feedback_list": "staff",
    "website:feedback_thanks": "visitor",
    "website:home": "visitor member",
    "website:own": "member",
    "website:privacy": "visitor",
    "website:region": "visitor staff",
    "website:region_edit": "staff",
    "website:regions": "visitor",
    "website:search": "visitor",
}
CONTACT = "/sosiaaliasiavastaava/asiat/yhteydenotot/uusi/"
# Further states of them: the role, what is to be seen, and the address or what makes it from the portal.
STATES = [
    ("visitor", "nothing found", "/verkostot/?q=merenkulku&county=08"),
    ("visitor", "limits on", "/verkostot/?county=08&status=running&sort=next"),
    (
        "visitor",
        "an ended year",
        lambda portal: f"{portal.network.get_absolute_url()}?vuosi={portal.held.starts_at.year}",
    ),
    ("visitor", "a meeting with its summary", lambda portal: portal.held.get_absolute_url()),
    ("visitor", "hits of a search", "/haku/?q=verkosto"),
    ("visitor", "a search that finds nothing", "/haku/?q=merenkulkulaitos"),
    ("staff", "a draft", lambda portal: portal.draft.get_absolute_url()),
    ("staff", "the second page of a list", "/verkostot/?page=2"),
    ("staff", "the purpose opened", lambda portal: f"{portal.network.get_absolute_url()}muokkaa/tarkoitus/"),
    ("staff", "the facts opened", lambda portal: f"{portal.network.get_absolute_url()}muokkaa/tiedot/"),
    ("staff", "past members", lambda portal: f"{portal.network.get_absolute_url()}jasenet/?nayta=entiset"),
    ("staff", "a meeting that was held", lambda portal: portal.held.get_absolute_url()),
    ("staff", "a person who left", lambda portal: portal.left.get_absolute_url()),
    ("staff", "nobody found", "/yhteystiedot/henkilot/?q=merenkulku"),
    ("visitor", "projects that are not found", "/hankkeet/?q=merenkulku&status=running"),
    (
        "visitor",
        "projects of one municipality",
        lambda portal: f"/hankkeet/kartta/?municipality={portal.projects.place}",
    ),
    ("visitor", "no project in a municipality", "/hankkeet/kartta/?municipality=999&q=merenkulku"),
    ("staff", "a draft of a project", lambda portal: portal.projects.draft.get_absolute_url()),
    (
        "staff",
        "the basic facts opened",
        lambda portal: f"{portal.projects.project.get_absolute_url()}muokkaa/perustiedot/",
    ),
    (
        "staff",
        "the responsibilities opened",
        lambda portal: f"{portal.projects.project.get_absolute_url()}muokkaa/vastuut/",
    ),
    ("staff", "the sums opened", "/hankkeet/pitka-hanke/muokkaa/rahat/"),
    ("staff", "a new activity", "/hankkeet/pitka-hanke/osat/toimenpiteet/uusi/"),
    ("staff", "a new report", "/hankkeet/pitka-hanke/osat/raportit/uusi/"),
    ("staff", "all projects of the portfolio", "/hankkeet/salkku/?nayta=all&jarjestys=share"),
    ("staff", "no project of one's own", "/hankkeet/salkku/?nayta=own"),
    ("visitor", "a full event", lambda portal: f"{portal.events.event.get_absolute_url()}ilmoittaudu/"),
    ("visitor", "events that are not found", "/tapahtumat/?q=merenkulku&county=08"),
    ("visitor", "past events", "/tapahtumat/?when=menneet"),
    ("visitor", "an event that was held", lambda portal: portal.events.held.get_absolute_url()),
    ("visitor", "a cancelled event", lambda portal: portal.events.cancelled.get_absolute_url()),
    (
        "visitor",
        "one's place in the queue",
        lambda portal: f"/tapahtumat/oma/{portal.events.links.token('registration', portal.events.waiting)}/",
    ),
    ("staff", "a draft of an event", lambda portal: portal.events.draft.get_absolute_url()),
    ("staff", "an event that was held", lambda portal: portal.events.held.get_absolute_url()),
    ("staff", "the basic facts opened", "/tapahtumat/pitka-tapahtuma/muokkaa/perustiedot/"),
    ("staff", "the registration opened", "/tapahtumat/pitka-tapahtuma/muokkaa/ilmoittautuminen/"),
    ("staff", "the recording opened", "/tapahtumat/pidetty-katsaus/muokkaa/tallenne/"),
    ("staff", "those who hold it opened", "/tapahtumat/pitka-tapahtuma/muokkaa/jarjestajat/"),
    ("staff", "the purpose of a series opened", "/tapahtumat/sarjat/pitka-sarja/muokkaa/tarkoitus/"),
    ("visitor", "a team too small for figures", lambda portal: portal.ilmapuntari.small_unit.result_url),
    ("leader", "a question", lambda portal: f"{portal.ilmapuntari.team.get_absolute_url()}keskustelu/?kohta=1"),
    ("leader", "the last step", lambda portal: f"{portal.ilmapuntari.team.get_absolute_url()}keskustelu/?kohta=99"),
    ("coordinator", "a published round", lambda portal: portal.ilmapuntari.round.get_absolute_url()),
    ("coordinator", "a planned round", lambda portal: portal.ilmapuntari.planned.get_absolute_url()),
    (
        "coordinator",
        "a unit with its result",
        lambda portal: f"{portal.ilmapuntari.round.get_absolute_url()}yksikot/{portal.ilmapuntari.unit.pk}/",
    ),
    (
        "coordinator",
        "past members of a team",
        lambda portal: f"{portal.ilmapuntari.team.get_absolute_url()}jasenet/?nayta=entiset",
    ),
    ("coordinator", "no team found", "/ilmapuntari/tiimit/?q=merenkulku"),
    ("ombudsman", "a closed matter", lambda portal: portal.caseload.closed.get_absolute_url()),
    ("ombudsman", "closed matters", "/sosiaaliasiavastaava/asiat/luettelo/?tila=suljetut"),
    ("ombudsman", "matters that wait", "/sosiaaliasiavastaava/asiat/luettelo/?tila=odottaa"),
    (
        "ombudsman",
        "a draft",
        lambda portal: f"{reverse('ombudsman:contact_create')}?luonnos={portal.caseload.draft.pk}",
    ),
    (
        "ombudsman",
        "a message to write down",
        lambda portal: f"{reverse('ombudsman:contact_create')}?viesti={portal.caseload.message.pk}",
    ),
]


def address_of(name, portal):
    """The address of the page with keys of the portal in it."""
    room, _, short = name.rpartition(":")
    if room == "ombudsman":
        return address_in_caseload(name, short, portal.caseload)
    if room == "events":
        return address_in_events(name, short, portal.events)
    if room == "projects":
        return address_in_projects(name, short, portal.projects)
    if room == "ilmapuntari":
        return address_in_ilmapuntari(name, short, portal.ilmapuntari)
    values = {
        "slug": portal.draft.slug
        if short == "delete"
        else portal.county.slug
        if room == "website"
        else portal.network.slug,
        "section": "perustiedot",
        "token": portal.token if room == "networks" else portal.invitation,
        "content_type": portal.content_type,
        "pk": {
            "phase_edit": portal.phase.pk,
            "membership_edit": portal.membership.pk,
            "attendance": portal.held.pk,
            "meeting_summary": portal.held.pk,
            "meeting_delete": portal.unsummed.pk,
            "history": portal.network.pk,
            "import_preview": portal.brought.pk,
            "mfa_edit_webauthn": portal.passkey,
            "mfa_remove_webauthn": portal.passkey,
        }.get(short)
        or {
            "networks": portal.meeting.pk,
            "directory": portal.somebody.pk
            if short.startswith(("user", "appointment"))
            else portal.organisation.pk
            if short.startswith("organisation")
            else portal.person.pk,
        }.get(room),
        "appointment_pk": portal.appointment.pk,
    }
    return reverse(name, kwargs={key: values[key] for key in ADDRESSES[name].pattern.regex.groupindex})


def address_in_events(name, short, filled):
    """Of series a long one, of events a full one, one that is free, one that was held; for removing, drafts."""
    token = filled.links.token
    of_series = short.startswith(("series", "season", "standing"))
    events = {
        "delete": filled.draft,
        "register": filled.free,
        **dict.fromkeys(["recording", "feedback", "feedback_thanks", "feedback_summary", "files"], filled.held),
    }
    series = filled.draft_series if short == "series_delete" else filled.series
    own = filled.links.own_token(filled.seated.email)
    values = {
        "slug": series.slug if of_series else events.get(short, filled.event).slug,
        "section": "tapa" if of_series else "aika",
        "kind": "vuodet" if of_series else "puhujat",
        "pk": {
            **dict.fromkeys(["participant_cancel", "participant_edit"], filled.seated.pk),
            "series_part_edit": filled.series.year_figures.get().pk,
        }.get(short, filled.speaker.pk),
        "token": {
            "certificate": filled.links.certificate_token(filled.was_there),
            "door": token("door", filled.seated),
            "own": own,
            "own_remove": own,
            "speaker": token("speaker", filled.speaker),
            "standing": token("standing", filled.standing),
        }.get(short, token("registration", filled.seated)),
    }
    return reverse(name, kwargs={key: values[key] for key in ADDRESSES[name].pattern.regex.groupindex})


def address_in_caseload(name, short, filled):
    """An open matter with everything; the approved account, and the draft for changing."""
    of_draft = short in {"account_edit", "account_approve"}
    values = {
        "number": filled.case.number,
        "year": filled.year - 1 if of_draft else filled.year,
        "area": "kaikki",
        "pk": {
            **dict.fromkeys(("message", "message_delete"), filled.message.pk),
            **dict.fromkeys(("other_work_edit", "other_work_delete"), filled.work.pk),
            **dict.fromkeys(("substitution_read", "substitution_end"), filled.substitution.pk),
            "code_edit": filled.code.pk,
        }.get(short, filled.contact.pk),
    }
    return reverse(name, kwargs={key: values[key] for key in ADDRESSES[name].pattern.regex.groupindex})


def address_in_projects(name, short, filled):
    """A kind of part with much on its form; for removing, a draft."""
    values = {
        "slug": filled.draft.slug if short == "delete" else filled.project.slug,
        "section": "alueet",
        "kind": "tuotokset",
        "pk": filled.output.pk,
    }
    return reverse(name, kwargs={key: values[key] for key in ADDRESSES[name].pattern.regex.groupindex})


def address_in_ilmapuntari(name, short, filled):
    """Rounds are looked at while they are planned or open, units while they are answered."""
    is_of_open_round = short in ("round", "round_call_off", "poster", "unit", "joiner_add", "answer")
    round = filled.open_round if is_of_open_round else filled.planned
    values = {
        "slug": filled.county.slug if short == "county" else filled.team.slug,
        "secret": filled.unit.result_secret,
        "number": filled.draft.number,
        "round_pk": round.pk,
        "pk": {
            "answer": filled.open_unit.pk,
            "poster": filled.open_unit.pk,
            "unit": filled.open_unit.pk,
            "joiner_add": filled.open_unit.pk,
            "organisation": filled.organisation.pk,
            "member_edit": filled.member.pk,
            "theme_edit": filled.statement.theme_id,
            "statement_edit": filled.statement.pk,
            "statement_remove": filled.statement.pk,
            "action_edit": filled.action.pk,
            "action_review": filled.action.pk,
            "action_delete": filled.action.pk,
        }.get(short, round.pk),
    }
    path = reverse(name, kwargs={key: values[key] for key in ADDRESSES[name].pattern.regex.groupindex})
    return f"{path}?yksikko={filled.planned_unit.pk}" if short == "unit_join" else path


def test_every_address_is_visited_or_has_no_page():
    assert set(PAGES) | NO_PAGE == set(ADDRESSES)


@pytest.mark.parametrize(
    ("role", "part"),
    [
        *(("visitor", part) for part in range(PARTS)),
        ("member", None),
        ("newcomer", None),
        *(("staff", part) for part in range(PARTS)),
        ("director", None),
        *(("coordinator", part) for part in range(PARTS)),
        ("leader", None),
        ("manager", None),
        *(("ombudsman", part) for part in range(PARTS)),
        ("substitute", None),
    ],
)
def test_every_page_is_sound_and_light(role, part, browse):
    portal = filled_portal()
    portal.caseload = filled_caseload()
    people = {**vars(portal.people), **vars(portal.ilmapuntari.users), **vars(portal.caseload)}
    page = browse({**people, "visitor": None, "newcomer": UserFactory()}[role])
    if role == "substitute":
        say_what_for(page)
    weight = Weight(page)
    visits = [(name, address_of(name, portal)) for name, roles in PAGES.items() if role in roles.split()]
    visits += [(what, to if isinstance(to, str) else to(portal)) for who, what, to in STATES if who == role]

    found = []
    for name, path in visits if part is None else visits[part::PARTS]:
        page.set_viewport_size(DESKTOP)
        page.emulate_media(color_scheme="light")
        weight.begin()
        response = page.goto(path)
        wrong = []
        if response.status != 200:
            wrong.append(f"answers {response.status}")
        if not page.url.partition("?")[0].endswith(path.partition("?")[0]):
            wrong.append(f"leads to {page.url}")
        if not page.locator(".ProseMirror").count():
            wrong += too_heavy(weight, MOST_REQUESTS)
        wrong += troubles_in_all_looks(page)
        picture(page, f"{role}-{name.replace(':', '-').replace(' ', '-')}")
        found += [f"{role} {name} {path}: {words}" for words in wrong]

    assert not found, "\n" + "\n".join(found)


def say_what_for(page):
    """A substitute does so on coming in."""
    page.goto(reverse("ombudsman:purpose"))
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Jatka").click()


def too_heavy(weight, most_requests):
    if weight.requests > most_requests:
        yield f"{weight.requests} requests"
    if weight.all > MOST_BYTES:
        yield f"{weight.all} bytes in all"
    if weight.html > MOST_HTML:
        yield f"{weight.html} bytes of HTML"
