"""`python -m central`: one command that starts with no settings, and a few for the person who runs it."""

from __future__ import annotations

import argparse
import getpass
import json
import os
import secrets
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from central.badges import DAYS
from central.ledger import DATABASE_FILE, connect, write_beside
from kiosk.parcels import Role

STATE: Final = Path("var") / "central"
PORT: Final = 8800
DEMO_USER: Final = "demo"
DEMO_PASSWORD_FILE: Final = "demo-password.txt"
TRAINING_FILE: Final = "training"  # in the state folder of a server for practice, for ever
LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")


class Trouble(Exception):
    """Said to the person at the keyboard; exit code 1."""


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    from central.office import setup

    os.umask(0o077)  # the state folder holds a key and personal data
    options.sandbox = options.sandbox or options.training
    try:
        if options.run is _serve:
            _keep_apart(options.state, options.training)
        setup.configure(options.state, sandbox=options.sandbox, hosts=tuple(options.allow_host))
        setup.migrate(options.state)
        options.run(options)
    except (Trouble, LookupError, OSError) as error:
        print(f"central: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _common() -> argparse.ArgumentParser:
    """No defaults of its own, like `_serving`: an option counts before the command as well as after it."""
    common = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    common.add_argument("--state", type=Path, help=f"state folder (default {STATE})")
    return common


def _serving() -> argparse.ArgumentParser:
    serving = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    serving.add_argument("--host", help=f"default {LOOPBACK[0]}")
    serving.add_argument("--port", type=int, help=f"default {PORT}; 0 takes a free one")
    serving.add_argument(
        "--sandbox",
        action="store_true",
        help="seed an empty database; pages readable without signing in, loopback only",
    )
    serving.add_argument(
        "--training", action="store_true", help="a sandbox for practice, in a state folder of its own"
    )
    serving.add_argument(
        "--allow-host", action="append", help="a further name under which the office is reached"
    )
    return serving


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m central", description=__doc__, parents=[_common(), _serving()]
    )
    parser.set_defaults(
        run=_serve, state=STATE, host=LOOPBACK[0], port=PORT, sandbox=False, training=False, allow_host=[]
    )
    commands = parser.add_subparsers()

    def command(name: str, run: Callable[[argparse.Namespace], None], help: str, *parents: Any) -> Any:
        made = commands.add_parser(name, help=help, parents=[_common(), *parents])
        made.set_defaults(run=run)
        return made

    command("serve", _serve, "serve kiosks and office (the default)", _serving())
    command("migrate", lambda options: None, "bring the schema up to date (serve does it by itself)")
    command("seed", _seed, "fill an empty database with customers and bills to try things out")
    code = command(
        "enrolment-code", _enrolment_code, "print a one-time code for a kiosk, good for ten minutes"
    )
    code.add_argument("--site", default="lobby")
    code.add_argument(
        "--kiosk", default="", help="open a new epoch of this kiosk (after its card was replaced)"
    )
    user = command("user", _user, "make a person who may sign in, or give a new password; asks for it")
    user.add_argument("name")
    user.add_argument("--may-enrol", action="store_true")
    user.add_argument("--may-settle", action="store_true")
    person = command("person", _person, "make a person of the kiosks' staff, or give a new PIN; asks for it")
    person.add_argument("number")
    person.add_argument("name", nargs="?", default="")
    person.add_argument("--role", action="append", default=[], choices=[role.value for role in Role])
    person.add_argument("--site", default="", help="only at this site; else at all")
    person.add_argument(
        "--gone", action="store_true", help="take all roles and badges of this person back instead"
    )
    badge = command(
        "badge", _badge, "print a badge for a person of the kiosks' staff, as text and as QR code"
    )
    badge.add_argument("number")
    badge.add_argument("--days", type=int, default=DAYS, help=f"how long it is good (default {DAYS})")
    badge.add_argument("--out", type=Path, help="file for the QR code, .svg or .png (default: drawn here)")
    badge.add_argument("--revoke", action="store_true", help="take back all badges of this person instead")
    given = command("fees", _fees, "take all fees and their rules from a file such as config/fees.toml")
    given.add_argument("file", type=Path)
    owed = command("bills", _bills, "take accounts and their bills from a table (CSV)")
    owed.add_argument("file", type=Path)
    command("totals", _totals, "what each kiosk holds and owes, from its records, as JSON")
    day = command("day", lambda options: day.print_help(), "the closes of a kiosk")
    export = day.add_subparsers().add_parser(
        "export", help="as CSV, one line for each figure", parents=[_common()]
    )
    export.add_argument("--kiosk", required=True)
    export.add_argument("--day", type=int, help="only this one (default: all)")
    export.set_defaults(run=_day_export)
    command(
        "keys", _keys, "public keys of all kiosks as JSON: with them a receipt is checked without a network"
    )
    purge = command("purge", _purge, "throw away what says who somebody is, when its time is over")
    purge.add_argument("--dry-run", action="store_true", help="only say how many of each kind it would be")
    purge.add_argument("--by", default="", help="who does it (default: whoever is signed in on this machine)")
    command("rebuild", _rebuild, "read all records again and make the projections anew")
    return parser


def _keep_apart(state: Path, training: bool) -> None:
    """Practice and real money never share books: a folder is for the one or the other from its first start on."""
    mark = state / TRAINING_FILE
    if mark.exists() and not training:
        raise Trouble(
            f"{state} holds the books of practice; a real server needs a folder of its own (--state)"
        )
    if training and not mark.exists():
        if (state / DATABASE_FILE).exists():
            raise Trouble(f"{state} holds books that are not of practice; choose another folder (--state)")
        state.mkdir(parents=True, exist_ok=True)
        mark.touch()


def _serve(options: argparse.Namespace) -> None:
    from central import server

    if options.sandbox and options.host not in LOOPBACK:
        raise Trouble(
            f"--sandbox opens the pages to everybody: it listens on loopback only, not on {options.host}"
        )
    if options.sandbox:
        _seed_now(options.state, options.training)
    try:
        sock = server.listen(options.host, options.port)
    except (OSError, OverflowError) as error:
        why = getattr(error, "strerror", None) or error
        raise Trouble(
            f"{options.host}, port {options.port}: {why}; if another server runs there, choose another --port"
        ) from error
    host = f"[{options.host}]" if ":" in options.host else options.host
    print(f"listening on http://{host}:{sock.getsockname()[1]}", flush=True)
    server.serve(options.state, sock, options.training)


def _seed(options: argparse.Namespace) -> None:
    if _seed_now(options.state):
        print(f"seeded; sign in as {DEMO_USER} with the password in {options.state / DEMO_PASSWORD_FILE}")
    else:
        print("nothing done: there are fees already")


def _seed_now(state: Path, training: bool = False) -> bool:
    from central.seed import seed
    from central.server import now_ms
    from kiosk.identity import write_durably

    fresh = bool(write_beside(state, lambda db: seed(db, now_ms(), training)))
    if fresh:
        password = secrets.token_urlsafe(9)
        _make_user(state, DEMO_USER, password, "see_office", "enrol_kiosk", "settle_problem")
        write_durably(state / DEMO_PASSWORD_FILE, f"{password}\n".encode())
    return fresh


def _make_user(state: Path, name: str, password: str, *permissions: str) -> None:
    from django.contrib.auth.models import Permission, User

    from central.office.setup import write_locked

    def work() -> None:
        user, _ = User.objects.get_or_create(username=name)
        user.set_password(password)
        user.save()
        user.user_permissions.set(Permission.objects.filter(codename__in=permissions))

    write_locked(state, work)


def _user(options: argparse.Namespace) -> None:
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    password = getpass.getpass() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    try:
        validate_password(password)
    except ValidationError as error:
        raise Trouble(" ".join(error.messages)) from error
    wanted = ["see_office"]
    wanted += ["enrol_kiosk"] if options.may_enrol else []
    wanted += ["settle_problem"] if options.may_settle else []
    _make_user(options.state, options.name, password, *wanted)


def _person(options: argparse.Namespace) -> None:
    from central import editions
    from central.seed import person_left, set_person
    from central.server import now_ms

    number, at_ms, roles = options.number, now_ms(), ", ".join(options.role)
    if options.gone:
        if not write_beside(options.state, lambda db: person_left(db, number, at_ms)):
            raise Trouble(f"there is no person {number}")
        print(f"person {number} has no role and no badge any more; kiosks know with their next bundle")
        return
    pin = getpass.getpass("PIN: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")

    def job(db: sqlite3.Connection) -> None:
        set_person(db, number, options.name, tuple(options.role), pin, options.site)
        editions.change(db)

    try:
        write_beside(options.state, job)
    except ValueError as error:
        raise Trouble(str(error)) from error
    print(f"person {number}: {roles}; kiosks know with their next bundle")


def _badge(options: argparse.Namespace) -> None:
    import segno

    from central import badges
    from central.server import now_ms
    from kiosk.identity import load_signer

    number, at_ms = options.number, now_ms()
    if options.revoke:
        write_beside(options.state, lambda db: badges.revoke(db, number, at_ms))
        print(f"all badges of {number} up to now are taken back; kiosks know with their next bundle")
        return
    if options.out and options.out.suffix not in (".svg", ".png"):
        raise Trouble(f"{options.out}: write a name that ends in .svg or .png")
    signer = load_signer(options.state, create=True)
    try:
        made = write_beside(options.state, lambda db: badges.issue(db, signer, number, options.days, at_ms))
        print(made.text)
        code = segno.make_qr(made.text, error="m")
        code.save(str(options.out), scale=8) if options.out else code.terminal(compact=True)
    except ValueError as error:
        raise Trouble(str(error)) from error


def _fees(options: argparse.Namespace) -> None:
    from central.fees import set_fees
    from kiosk.rules.load import BadConfiguration

    try:
        taken = write_beside(options.state, lambda db: set_fees(db, options.file))
    except BadConfiguration as error:
        raise Trouble(str(error)) from error
    print(f"{len(taken)} fees: {', '.join(fee.id for fee in taken)}")


def _bills(options: argparse.Namespace) -> None:
    from central import bills

    try:
        taken = write_beside(options.state, lambda db: bills.take(db, options.file))
    except bills.BadTable as error:
        raise Trouble(str(error)) from error
    print(f"{taken.bills} new bills, {taken.accounts} new accounts, {taken.known} bills known already")


def _enrolment_code(options: argparse.Namespace) -> None:
    from central.dock.enrolment import issue
    from central.server import now_ms

    print(write_beside(options.state, lambda db: issue(db, options.site, options.kiosk, now_ms())))


def _totals(options: argparse.Namespace) -> None:
    from central.totals import totals

    connection = connect(options.state / DATABASE_FILE, writes=False)
    print(json.dumps(totals(connection), ensure_ascii=False, indent=1))
    connection.close()


def _day_export(options: argparse.Namespace) -> None:
    from central import day_csv

    connection = connect(options.state / DATABASE_FILE, writes=False)
    try:
        known = [row["id"] for row in connection.execute("SELECT id FROM kiosk ORDER BY id")]
        if options.kiosk not in known:
            raise Trouble(f"there is no kiosk {options.kiosk}; there are: {', '.join(known) or 'none yet'}")
        day_csv.write(day_csv.closes(connection, options.kiosk, options.day), sys.stdout)
    finally:
        connection.close()


def _keys(options: argparse.Namespace) -> None:
    from central.e_receipt import keys

    connection = connect(options.state / DATABASE_FILE, writes=False)
    print(json.dumps(keys(connection), indent=1))
    connection.close()


def _purge(options: argparse.Namespace) -> None:
    from central import purge
    from central.server import now_ms
    from kiosk.rules.load import BadConfiguration

    try:
        rules = purge.rules(options.state)
    except BadConfiguration as error:
        raise Trouble(str(error)) from error
    if options.dry_run:
        connection = connect(options.state / DATABASE_FILE, writes=False)
        counts = purge.due(connection, rules, now_ms())
        connection.close()
    else:
        counts = purge.run(options.state, rules, options.by or _who(), now_ms, _so_far)
    for kind, count in counts.items():
        print(f"{kind}: {count} {'would be let go' if options.dry_run else 'let go'}")


def _so_far(kind: str, count: int) -> None:
    print(f"{kind}: {count} so far", file=sys.stderr, flush=True)


def _who() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        raise Trouble("nobody knows who is signed in here; say it with --by NAME") from None


def _rebuild(options: argparse.Namespace) -> None:
    from central.projections import rebuild
    from central.server import now_ms

    write_beside(options.state, lambda db: rebuild(db, now_ms()))
