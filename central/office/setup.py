"""Django without a settings file: a state folder is all that it needs."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import django
from django.conf import settings

from central import fees
from central.ledger import BUSY_TIMEOUT_S, DATABASE_FILE, write_lock
from kiosk.identity import write_durably

SECRET_FILE: Final = "office.secret"
HERE: Final = Path(__file__).parent
STATIC_URL: Final = "/static/"
WORKING_DAY_S: Final = 12 * 3600  # a signed cookie can not be taken back: it ends by itself


def configure(state: Path, *, sandbox: bool = False, hosts: tuple[str, ...] = ()) -> None:
    """Once per process. `hosts`: further names under which the office is reached (through a proxy).

    `sandbox`: everybody on this machine may read without signing in."""
    state.mkdir(parents=True, exist_ok=True)
    settings.configure(
        SECRET_KEY=_secret(state / SECRET_FILE),
        ALLOWED_HOSTS=["127.0.0.1", "localhost", "[::1]", *hosts],
        SANDBOX=sandbox,
        STATE=state,
        ROOT_URLCONF="central.office.urls",
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "central.office"],
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {"context_processors": ["central.office.access.everywhere"]},
            }
        ],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": state / DATABASE_FILE,
                # Pages only read; the checkpoints belong to the writer (central.ledger).
                "OPTIONS": {
                    "timeout": BUSY_TIMEOUT_S,
                    "init_command": "PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0",
                },
            }
        },
        # Sessions live in a signed cookie, so that reading pages writes nothing.
        SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_AGE=WORKING_DAY_S,
        # A further name means a TLS proxy in front: then no cookie travels without TLS.
        SESSION_COOKIE_SECURE=bool(hosts),
        CSRF_COOKIE_SECURE=bool(hosts),
        CSRF_TRUSTED_ORIGINS=[f"https://{host}" for host in hosts],
        LOGIN_URL="login",
        LOGIN_REDIRECT_URL="dashboard",
        LOGOUT_REDIRECT_URL="dashboard",
        USE_TZ=True,
        TIME_ZONE=fees.TIME_ZONE,
        LANGUAGE_CODE="zh-hans",
        STATIC_URL=STATIC_URL,
        AUTH_PASSWORD_VALIDATORS=[
            {
                "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
                "OPTIONS": {"min_length": 10},
            },
        ],
    )
    django.setup()
    _write_nothing_at_sign_in()


def migrate(state: Path) -> None:
    from django.core.management import call_command

    with write_lock(state):
        call_command("migrate", verbosity=0, interactive=False)


def write_locked(state: Path, work: Callable[[], Any]) -> Any:
    """For the few writes through Django (users), which otherwise stays a reader."""
    with write_lock(state):
        return work()


def _write_nothing_at_sign_in() -> None:
    from django.contrib.auth.models import update_last_login
    from django.contrib.auth.signals import user_logged_in

    user_logged_in.disconnect(update_last_login, dispatch_uid="update_last_login")


def _secret(path: Path) -> str:
    try:
        return path.read_text()
    except FileNotFoundError:
        text = secrets.token_urlsafe(48)
        write_durably(path, text.encode())
        return text
