"""The `kiosk` command: run a simulated kiosk, enrol a real one, read its journal, ask whether all is well."""

from __future__ import annotations

import argparse
import contextlib
import json
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

import msgspec

from kiosk import codec, day_csv, display, receipt_proof, site, witness
from kiosk.core import RUN, STATE
from kiosk.courier.direct import Direct
from kiosk.courier.enrol import EnrolmentFailed, enrol
from kiosk.courier.handover import hand_over
from kiosk.doctor import machine
from kiosk.doctor.session import NotNow, guide
from kiosk.doctor.words import language_of
from kiosk.flow.state import begin
from kiosk.identity import NotEnrolled, load_identity
from kiosk.journal.beside import opened
from kiosk.journal.store import JOURNAL_FILE, Damaged, fact_of
from kiosk.parcels import WireRecord
from kiosk.process import ENDINGS, end_in_order
from kiosk.supervise import House, Place, Trouble
from kiosk.training.apart import Mixed

HOME = Path("var") / "kiosk"
OUT = Path("out")
TRAINING_HOME = Path("var") / "training"


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options) or 0)
    except (Trouble, Damaged, NotEnrolled, EnrolmentFailed, site.BadConfiguration, NotNow, Mixed) as error:
        print(f"kiosk: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        return 0
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        print(f"kiosk: {where}{error.strerror or error}. {_remedy(error)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _remedy(error: OSError) -> str:
    if isinstance(error, PermissionError):
        return "The kiosk's own folders belong to its own user: sudo -u kiosk-core …"
    return "Check the name that was given, and whether the disk has room"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="kiosk",
        description=__doc__,
        epilog="`kiosk run` needs nothing but this machine: devices, server and payment provider are simulated.",
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    run = commands.add_parser(
        "run", help="a whole simulated kiosk in one window; without a display, the scripted demo instead"
    )
    run.add_argument("--home", type=Path, default=HOME, help=f"where it keeps its state (default {HOME})")
    run.add_argument(
        "--out", type=Path, default=OUT, help=f"pictures and summary of the demo (default {OUT})"
    )
    run.add_argument(
        "--config",
        type=_folder,
        help="folder with files that replace the packaged ones, such as another devices.toml",
    )
    run.set_defaults(run=_run)

    demo = commands.add_parser(
        "demo", help="play three visits with real clicks and leave pictures and a summary"
    )
    demo.add_argument("--out", type=Path, default=OUT, help=f"where pictures and summary go (default {OUT})")
    demo.add_argument("--config", type=_folder, help="files that replace the packaged ones")
    demo.set_defaults(run=_demo)

    train = commands.add_parser(
        "train", help="practise on a simulated kiosk with a server of its own; nothing of it is real money"
    )
    train.add_argument(
        "--home",
        type=Path,
        default=TRAINING_HOME,
        help=f"where it keeps its state and the record of who practised (default {TRAINING_HOME})",
    )
    train.add_argument("--situation", metavar="NAME", help="play this one; else a menu asks")
    train.add_argument("--list", action="store_true", help="which situations there are")
    train.add_argument("--record", action="store_true", help="who practised what, and how it went")
    train.add_argument("--by", default="", help="who practises: a person number; asked for if missing")
    train.add_argument("--language", choices=["zh", "en"], help="of the instructions (default by LANG)")
    train.set_defaults(run=_train)

    join = commands.add_parser("enrol", help="register this kiosk at the server with a one-time code")
    join.add_argument("--code", required=True, help="from the office; good for ten minutes, once")
    join.add_argument("--server", help="address of the server instead of the configured one")
    join.add_argument(
        "--new-epoch", action="store_true", help="with a new key and an empty journal; the old ones are kept"
    )
    _add_places(join)
    join.set_defaults(run=_enrol)

    over = commands.add_parser("hand-over", help="send what journals of earlier epochs still owe the server")
    over.add_argument("--server", help="address of the server instead of the configured one")
    _add_places(over)
    over.set_defaults(run=_hand_over)

    proof = commands.add_parser(
        "check-receipt",
        help="is this QR text of a receipt genuine? Needs no network, only the kiosks' public keys",
    )
    proof.add_argument("text", help="what the code says, or the link that a phone reads")
    proof.add_argument(
        "--keys", type=Path, help="file made by `python -m central keys`; else the key of this kiosk"
    )
    proof.add_argument("--account", default="", help="as it stands on the paper, to check who paid")
    proof.add_argument("--customer", default="", help="as it stands on the paper")
    _add_places(proof)
    proof.set_defaults(run=_check_receipt)

    journal = commands.add_parser("journal", help="list, verify or export the money journal")
    actions = journal.add_subparsers(title="what", required=True, metavar="WHAT")
    for name, do, text in (
        ("list", _journal_list, "one line per record"),
        ("verify", _journal_verify, "check chain, signatures, postings and the server's acknowledgement"),
        ("export", _journal_export, "all records as JSON lines, exactly as hashed"),
    ):
        action = actions.add_parser(name, help=text)
        action.add_argument("--after", type=int, default=0, help="only records above this number")
        _add_places(action)
        action.set_defaults(run=do)

    day = commands.add_parser("day", help="the closes of this kiosk's days")
    export = day.add_subparsers(title="what", required=True, metavar="WHAT").add_parser(
        "export", help="as CSV, one line for each figure, added up from the records"
    )
    export.add_argument("--day", type=int, help="only this one (default: all)")
    _add_places(export)
    export.set_defaults(run=_day_export)

    ask = commands.add_parser("doctor", help="are devices, font, disk, clock and server all right?")
    ask.add_argument("--json", action="store_true", help="one JSON object instead of sentences")
    ask.add_argument("--simulated", type=Path, help="folder with the lines of simulated devices")
    ask.add_argument("--server", help="address of the server instead of the configured one")
    ask.add_argument("--guided", action="store_true", help="test each device with a person in front of it")
    ask.add_argument("--language", choices=["zh", "en"], help="of the guided questions (default by LANG)")
    ask.add_argument("--by", default="", help="who tests: a person number; asked for if missing")
    ask.add_argument(
        "--report", type=Path, help="where the readiness report goes, .txt and .json (default: state folder)"
    )
    _add_places(ask)
    ask.set_defaults(run=_doctor)
    return parser


def _add_places(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--state", type=Path, default=STATE, help=f"state folder (default {STATE})")
    parser.add_argument(
        "--config", type=_folder, default=site.OVERRIDES, help="files that replace the packaged ones"
    )


def _folder(text: str) -> Path:
    """One that is named must be there, or the packaged files would hold in silence."""
    if not Path(text).is_dir():
        raise argparse.ArgumentTypeError(f"there is no folder {text}")
    return Path(text)


def _tell(text: str) -> None:
    print(text, flush=True)


# ---------------------------------------------------------------------------------------------------
# run, demo


def _run(options: argparse.Namespace) -> int:
    if not display.seen_by_a_person():
        _tell("there is no display here: playing the scripted demo on a virtual one")
        return _demo(options)
    end_in_order()
    place = Place(options.home)
    house = _house(place, config=options.config)
    try:
        house.start()
        _tell(f"the kiosk is open. The server's pages: {house.server}")
        _tell(f"logs: {place.logs}. Close the window or press Ctrl+C to end.")
        _until_closed(house)
    finally:
        house.stop()
        place.close()
    return 0


def _demo(options: argparse.Namespace) -> int:
    from kiosk import demo

    end_in_order()
    with (
        tempfile.TemporaryDirectory(prefix="kiosk-demo-") as home,
        display.VirtualDisplay(*demo.WINDOW) as virtual,
    ):
        place = Place(Path(home))
        house = _house(place, virtual.environment, options.config)
        try:
            house.start()
            return demo.play(house, options.out, _tell, virtual)
        finally:
            house.stop()
            if options.out.exists():
                shutil.copytree(place.logs, options.out / "logs", dirs_exist_ok=True)
            place.close()


def _train(options: argparse.Namespace) -> int:
    from kiosk.training import session

    language = language_of(options.language)
    if options.list:
        return session.show_list(language, _tell)
    if options.record:
        return session.show_record(options.home, _tell)
    return session.practise(
        options.home,
        options.situation,
        options.by,
        language,
        sys.stdin,
        _tell,
        lambda place: _house(place, training=True),
    )


def _house(
    place: Place,
    environment: dict[str, str] | None = None,
    config: Path | None = None,
    training: bool = False,
) -> House:
    cabinet = (
        "-m",
        "screens.cabinet",
        "--control",
        str(place.control),
        "--supervisor",
        str(place.supervisor),
    )
    return House(place, config=config, screen=cabinet, tell=_tell, environment=environment, training=training)


def _until_closed(house: House) -> None:
    """The window is closed by its cross: then the whole house ends."""
    closed = threading.Event()
    for name in ENDINGS:
        signal.signal(name, lambda *_: closed.set())
    house.processes["screens"].on_clean_exit = closed.set
    closed.wait()


# ---------------------------------------------------------------------------------------------------
# enrol


def _enrol(options: argparse.Namespace) -> int:
    server = site.load(options.config).house.server
    identity = enrol(
        options.state,
        options.server or server.url,
        options.code,
        JOURNAL_FILE,
        server.ca_file,
        new_epoch=options.new_epoch,
    )
    _tell(f"enrolled as {identity.kiosk}, epoch {identity.epoch}, site {identity.site}")
    return _hand_over(options)


def _check_receipt(options: argparse.Namespace) -> int:
    if options.keys:
        keys = _keys(options.keys)
    else:
        us = load_identity(options.state)
        keys = {f"{us.kiosk}/{us.epoch}": us.public_key}
    try:
        proof = receipt_proof.read(options.text)
    except receipt_proof.NoProof as error:
        print(f"no receipt: {error}")
        return 1
    signed = next((name for name, key in keys.items() if proof.signed_by(key)), "")
    if not signed:
        print(f"NOT GENUINE: {proof.receipt} is signed by none of {len(keys)} known keys")
        return 1
    if (options.account or options.customer) and not proof.paid_by(options.account, options.customer):
        print(f"NOT THIS PAYER: {proof.receipt} was paid for another account or name")
        return 1
    zone = site.load(options.config).house.zone  # as on the paper
    issued = datetime.fromtimestamp(proof.issued_ms / 1000, UTC).astimezone(zone)
    print(
        f"genuine: {proof.receipt}, {proof.paid.figures}, bill {proof.bill}, {issued:%Y-%m-%d %H:%M}, {signed}"
    )
    print("whether it was voided later only the server knows")
    return 0


def _keys(path: Path) -> dict[str, str]:
    try:
        keys: dict[str, str] = codec.decode(path.read_bytes(), dict[str, str])
    except codec.Malformed as error:
        raise Trouble(
            f"{path} is no file of keys ({error}); make one at the server: python -m central keys"
        ) from None
    return keys


def _hand_over(options: argparse.Namespace) -> int:
    load_identity(options.state)
    server = site.load(options.config).house.server
    missing = 0
    for handed in hand_over(options.state, Direct(options.server or server.url, server.ca_file)):
        missing += handed.missing
        rest = f"lacks {handed.missing} records: {handed.why}" if handed.missing else "has all of it"
        _tell(f"{handed.journal}: the server {rest}")
    if missing:
        _tell("run `kiosk hand-over` again; the old journals stay where they are")
    else:
        _tell("nothing is owed of earlier epochs")
    return 1 if missing else 0


# ---------------------------------------------------------------------------------------------------
# journal


def _journal_list(options: argparse.Namespace) -> int:
    zone = site.load(options.config).house.zone
    with opened(options.state) as journal:
        for record in journal.records(options.after):
            when = datetime.fromtimestamp(record.wall_ms / 1000, UTC).astimezone(zone)
            print(f"{record.seq:>8}  {when:%Y-%m-%d %H:%M:%S}  {record.kind:<18} {_brief(record)}")
    return 0


def _brief(record: WireRecord) -> str:
    fact = fact_of(record)
    parts = []
    for name, value in msgspec.structs.asdict(fact).items():
        if name not in ("signature", "checks"):
            parts.append(f"{name}={getattr(value, 'value', value)}")
    return " ".join(parts)


def _journal_verify(options: argparse.Namespace) -> int:
    with opened(options.state) as journal:
        records, signatures = journal.verify()
        witness.check(options.state, journal)
        balances = {account.value: fen for account, fen in journal.balances().items() if fen}
        uploaded = journal.uploaded.seq
        head = journal.head.hash
    _tell(f"{records} records, {signatures} signatures: the chain is whole; head {head[:16]}")
    _tell(f"the server has acknowledged {uploaded} of them")
    _tell("balances in fen: " + (", ".join(f"{k} {v}" for k, v in balances.items()) or "none"))
    return 0


def _journal_export(options: argparse.Namespace) -> int:
    with opened(options.state) as journal:
        for record in journal.records(options.after):
            sys.stdout.write(msgspec.json.encode(record).decode() + "\n")
    return 0


# ---------------------------------------------------------------------------------------------------
# day


def _day_export(options: argparse.Namespace) -> int:
    """1 if a slip says something else than the records: nothing of the table is wrong then, the slip is."""
    with opened(options.state) as journal:
        facts = [fact_of(record) for record in journal.records()]
    day_csv.write(day_csv.closes(facts, options.day), sys.stdout)
    wrong = [closed.report for closed in day_csv.differing(facts)]
    for report in wrong:
        print(f"kiosk: {report} says something else than the records before it", file=sys.stderr)
    return 1 if wrong else 0


# ---------------------------------------------------------------------------------------------------
# doctor


def _doctor(options: argparse.Namespace) -> int:
    if options.guided:
        return _doctor_guided(options)
    findings = machine.examine(options.state, options.config, RUN, options.simulated, options.server)
    if options.json:
        print(
            json.dumps(
                {f.what: {"good": f.good, "says": f.says, "do": f.do} for f in findings}, ensure_ascii=False
            )
        )
    else:
        for finding in findings:
            _tell(f"{'ok  ' if finding.good else 'BAD '} {finding.what}: {finding.says}")
            if not finding.good:
                _tell(f"     → {finding.do}")
    return 0 if all(f.good for f in findings) else 1


def _doctor_guided(options: argparse.Namespace) -> int:
    def unsettled() -> bool:
        with opened(options.state) as journal:
            return journal.recover(begin(site.load(options.config))).note is not None

    with _ended_when_told():
        return guide(
            options.state,
            options.config,
            RUN,
            options.simulated,
            options.server,
            language=language_of(options.language),
            by=options.by,
            report_at=options.report,
            note_unsettled=unsettled,
            lines=sys.stdin,
            tell=_tell_whoever_is_there,
        )


@contextlib.contextmanager
def _ended_when_told() -> Iterator[None]:
    """A shutdown and a terminal that is closed end the test as Ctrl-C does, the first time: then it puts the devices
    in order, whatever else is pressed."""
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def end(_number: int, _frame: FrameType | None) -> None:
        for number in signals:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = [(number, signal.signal(number, end)) for number in signals]
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler)


def _tell_whoever_is_there(text: str) -> None:
    with contextlib.suppress(OSError):  # the terminal may be gone; the report is in its files
        _tell(text)


if __name__ == "__main__":
    sys.exit(main())
