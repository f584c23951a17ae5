"""Addresses of the own account. allauth looks its pages up by its own names, so those names stay."""

from allauth.account import views as account
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.webauthn import views as webauthn
from allauth.usersessions import views as usersessions
from django.urls import include, path, re_path

from accounts import views

own = [
    path("", views.home, name="home"),
    path("kutsu/<str:token>/", views.invitation, name="invitation"),
    path("salasana/", views.own_password, name="own_password"),
    path("kirjaudu/salasana/", views.SignInWithPassword.as_view(), name="sign_in_with_password"),
]

sign_in = [
    # Two names for one page: allauth leads here by either.
    path("", views.SignIn.as_view(), name="account_login"),
    path("koodi/", views.SignIn.as_view(), name="account_request_login_code"),
    path("koodi/vahvista/", account.confirm_login_code, name="account_confirm_login_code"),
    path("paasyavain/", webauthn.login_webauthn, name="mfa_login_webauthn"),
    path("vahvista/", views.Authenticate.as_view(), name="mfa_authenticate"),
    path("suljettu/", account.account_inactive, name="account_inactive"),
    # Nobody opens an account alone; the page says so.
    path("uusi/", account.signup, name="account_signup"),
]

password = [
    path("vaihda/", account.password_change, name="account_change_password"),
    path("aseta/", account.password_set, name="account_set_password"),
    path("unohtunut/", account.password_reset, name="account_reset_password"),
    path("unohtunut/lahetetty/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^unohtunut/(?P<uidb36>[0-9A-Za-z]{1,13})-(?P<key>.{1,200})/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("vaihdettu/", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
]

email = [
    path("", account.email, name="account_email"),
    path("vahvista/", account.email_verification_sent, name="account_email_verification_sent"),
]

again = [
    path("", account.reauthenticate, name="account_reauthenticate"),
    path("koodi/", views.Reauthenticate.as_view(), name="mfa_reauthenticate"),
    path("paasyavain/", webauthn.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
]

second_factor = [
    path("", views.SecondFactors.as_view(), name="mfa_index"),
    path("sovellus/", views.ActivateTOTP.as_view(), name="mfa_activate_totp"),
    path("sovellus/poista/", views.DeactivateTOTP.as_view(), name="mfa_deactivate_totp"),
    path("varakoodit/", views.RecoveryCodes.as_view(), name="mfa_view_recovery_codes"),
    path("varakoodit/uudet/", recovery_codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("varakoodit/lataa/", recovery_codes.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("paasyavaimet/", webauthn.list_webauthn, name="mfa_list_webauthn"),
    path("paasyavaimet/lisaa/", views.AddWebAuthn.as_view(), name="mfa_add_webauthn"),
    path("paasyavaimet/<int:pk>/nimea/", webauthn.edit_webauthn, name="mfa_edit_webauthn"),
    path("paasyavaimet/<int:pk>/poista/", views.RemoveWebAuthn.as_view(), name="mfa_remove_webauthn"),
]

urlpatterns = [
    path("", include((own, "accounts"))),
    path("kirjaudu/", include(sign_in)),
    path("kirjaudu-ulos/", views.SignOut.as_view(), name="account_logout"),
    path("salasana/", include(password)),
    path("sahkoposti/", include(email)),
    path("tunnistaudu/", include(again)),
    path("vahvistus/", include(second_factor)),
    path("istunnot/", usersessions.list_usersessions, name="usersessions_list"),
]
