"""Addresses of the Ilmapuntari. Finnish and imperative; those that stay are named in the design."""

from django.urls import path

from ilmapuntari.views import actions, answer, areas, exports, public, results, rounds, teams

app_name = "ilmapuntari"

urlpatterns = [
    # For everybody
    path("", public.index, name="index"),
    path("tietosuoja/", public.privacy, name="privacy"),
    # Answering
    path("vastaa/<uuid:pk>/", answer.answer, name="answer"),
    path("kierrokset/<int:round_pk>/juliste/<uuid:pk>/", public.poster, name="poster"),
    # Results by a secret link
    path("tulos/<str:secret>/", results.result, name="result"),
    path("tulos/<str:secret>/keskustelu/", results.result_discussion, name="result_discussion"),
    path("tulos/<str:secret>/tulos.pdf", exports.result_pdf, name="result_pdf"),
    # Organisations, counties, the whole area
    path("organisaatiot/<int:pk>/", areas.organisation, name="organisation"),
    path("alueet/<slug:slug>/", areas.county, name="county"),
    path("koko-alue/", areas.area, name="area"),
    path("organisaatiot/<int:pk>/tulos.xlsx", exports.organisation_xlsx, name="organisation_xlsx"),
    path("organisaatiot/<int:pk>/tulos.csv", exports.organisation_csv, name="organisation_csv"),
    path("alueet/<slug:slug>/tulos.xlsx", exports.county_xlsx, name="county_xlsx"),
    path("alueet/<slug:slug>/tulos.csv", exports.county_csv, name="county_csv"),
    path("koko-alue/tulos.xlsx", exports.area_xlsx, name="area_xlsx"),
    path("koko-alue/tulos.csv", exports.area_csv, name="area_csv"),
    # Teams
    path("tiimit/", teams.teams, name="teams"),
    path("tiimit/uusi/", teams.team_create, name="team_create"),
    path("tiimit/tuonti/", teams.teams_import, name="teams_import"),
    path("tiimit/vie/", teams.teams_export, name="teams_export"),
    path("tiimit/vie/jasenet/", teams.members_export, name="members_export"),
    path("tiimit/ehdotukset/", teams.proposals, name="proposals"),
    path("tiimit/ehdotukset/paata/", teams.proposals_decide, name="proposals_decide"),
    path("tiimit/ehdotukset/<int:pk>/hyvaksy/", teams.proposal_accept, name="proposal_accept"),
    path("tiimit/ehdotukset/<int:pk>/hylkaa/", teams.proposal_refuse, name="proposal_refuse"),
    path("tiimit/ehdotukset/<int:pk>/peru/", teams.proposal_take_back, name="proposal_take_back"),
    path("tiimit/<slug:slug>/muokkaa/", teams.team_edit, name="team_edit"),
    path("tiimit/<slug:slug>/lopeta/", teams.team_end, name="team_end"),
    path("tiimit/<slug:slug>/yhdista/", teams.team_join, name="team_join"),
    path("tiimit/<slug:slug>/jaa/", teams.team_split, name="team_split"),
    path("tiimit/<slug:slug>/vetajat/lisaa/", teams.lead_add, name="lead_add"),
    path("tiimit/<slug:slug>/vetajat/<int:pk>/paata/", teams.lead_end, name="lead_end"),
    path("tiimit/<slug:slug>/jasenet/", teams.team_members, name="team_members"),
    path("tiimit/<slug:slug>/jasenet/lisaa/", teams.member_add, name="member_add"),
    path("tiimit/<slug:slug>/jasenet/<int:pk>/", teams.member_edit, name="member_edit"),
    path("tiimit/<slug:slug>/jasenet/<int:pk>/paata/", teams.member_end, name="member_end"),
    path("tiimit/<slug:slug>/jasenet/<int:pk>/palauta/", teams.member_return, name="member_return"),
    path("johto/", teams.managers, name="managers"),
    path("johto/lisaa/", teams.manager_add, name="manager_add"),
    path("johto/<int:pk>/paata/", teams.manager_end, name="manager_end"),
    # Rounds
    path("kierrokset/", rounds.rounds, name="rounds"),
    path("kierrokset/uusi/", rounds.round_create, name="round_create"),
    path("kierrokset/<int:pk>/", rounds.round, name="round"),
    path("kierrokset/<int:pk>/muokkaa/", rounds.round_edit, name="round_edit"),
    path("kierrokset/<int:pk>/tiimit/", rounds.round_teams, name="round_teams"),
    path("kierrokset/<int:pk>/tarkistus/", rounds.round_check, name="round_check"),
    path("kierrokset/<int:pk>/yhdista/", rounds.unit_join, name="unit_join"),
    path("kierrokset/<int:pk>/vahvista/", rounds.round_schedule, name="round_schedule"),
    path("kierrokset/<int:pk>/peru-vahvistus/", rounds.round_unschedule, name="round_unschedule"),
    path("kierrokset/<int:pk>/peru/", rounds.round_call_off, name="round_call_off"),
    path("kierrokset/<int:pk>/arkistoi/", rounds.round_archive, name="round_archive"),
    path("kierrokset/<int:round_pk>/yksikot/<uuid:pk>/", rounds.unit, name="unit"),
    path("kierrokset/<int:round_pk>/yksikot/<uuid:pk>/jaa/", rounds.unit_part, name="unit_part"),
    path("kierrokset/<int:round_pk>/yksikot/<uuid:pk>/lisaa/", rounds.joiner_add, name="joiner_add"),
    path("kierrokset/<int:round_pk>/yksikot/<uuid:pk>/uusi-linkki/", rounds.link_renew, name="link_renew"),
    path("kierrokset/<int:round_pk>/koodi/<int:pk>/", rounds.code_resend, name="code_resend"),
    path("kierrokset/<int:round_pk>/laput/<slug:slug>/", rounds.slips_order, name="slips_order"),
    # The questionnaire
    # The result of a team for those who sign in; last, as a team's own address would hide the others beside it
    path("tiimit/<slug:slug>/", results.team, name="team"),
    path("tiimit/<slug:slug>/keskustelu/", results.team_discussion, name="team_discussion"),
    path("tiimit/<slug:slug>/tulos.pdf", exports.team_pdf, name="team_pdf"),
    path("tiimit/<slug:slug>/tulos.xlsx", exports.team_xlsx, name="team_xlsx"),
    path("tiimit/<slug:slug>/tulos.csv", exports.team_csv, name="team_csv"),
    path("tiimit/<slug:slug>/toimet/uusi/", actions.action_create, name="action_create"),
    path("tiimit/<slug:slug>/toimet/<int:pk>/muokkaa/", actions.action_edit, name="action_edit"),
    path("tiimit/<slug:slug>/toimet/<int:pk>/arvioi/", actions.action_review, name="action_review"),
    path("tiimit/<slug:slug>/toimet/<int:pk>/poista/", actions.action_delete, name="action_delete"),
]
