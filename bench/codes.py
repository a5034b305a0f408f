"""How well and how fast codes are read: our pipeline beside the engines that one would otherwise call.

    .venv/bin/python bench/codes.py [--images FOLDER] [--quick] [--json]

FOLDER holds `frames_vga/` (index.json with the truth of each picture) and `boofcv/` (photos in folders by their
difficulty); it lies beside the project unless told otherwise. Milliseconds are processor time of one process, so that
neighbours on the machine do not count; each engine runs in a process of its own, which is ended when a picture holds it
for longer than LIMIT_S.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing as mp
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from typing import Any, Final, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.codes_scenes import FRAMES_PER_S, HOSTILE, Sequence, sequences

Gray = npt.NDArray[np.uint8]
Payloads = set[bytes]
Engine = Callable[[Gray], Payloads]

LIMIT_S = 15.0  # then a picture counts as one that freezes the engine
IMAGES = Path(__file__).resolve().parents[2] / "shared" / "images"
LONGEST_PX = 1280  # photos are scaled down to what a camera gives
SEQUENCES = 24
OURS, ZXING = "ours", "zxing-cpp"
GOALS: Final = {
    "frames_vga": {"recall_percent": 55.0, "ms_mean": 25.0},
    "boofcv": {"recall_percent": 74.0, "ms_mean": 25.0},
    "hostile_ms": 250.0,
    "first_read_s": 0.5,
}


# --- the engines: each is made in its own process, afresh for each picture or sequence that stands for itself


def ours() -> Engine:
    from hardware.scanners.decode import Decoder

    decoder = Decoder()
    return lambda gray: {code.payload for code in decoder.read(gray)}


def zxing() -> Engine:
    import zxingcpp

    return lambda gray: {one.bytes for one in zxingcpp.read_barcodes(gray)}


def zbar() -> Engine:
    from pyzbar import pyzbar

    return lambda gray: {one.data for one in pyzbar.decode(gray)}


def opencv(make: Callable[[], Any]) -> Engine:
    detector = make()

    def read(gray: Gray) -> Payloads:
        _, texts, *_ = detector.detectAndDecodeMulti(gray)
        return {text.encode("utf-8", "surrogateescape") for text in texts if text}

    return read


ENGINES: Final[dict[str, Callable[[], Engine]]] = {
    OURS: ours,
    ZXING: zxing,
    "pyzbar": zbar,
    "OpenCV QRCodeDetector": lambda: opencv(cv2.QRCodeDetector),
    "OpenCV QRCodeDetectorAruco": lambda: opencv(cv2.QRCodeDetectorAruco),
}


class Answer(NamedTuple):
    payloads: frozenset[bytes]
    ms: float  # more than LIMIT_S: it never came
    frozen: bool = False


def _serve(name: str, requests: Connection) -> None:
    cv2.setNumThreads(1)
    engine = ENGINES[name]()
    engine(np.zeros((480, 640), np.uint8))  # what is loaded at the first call is no part of the figures
    while True:
        try:
            afresh, gray = requests.recv()
        except EOFError:
            return
        if afresh:
            engine = ENGINES[name]()
        began = time.process_time()
        try:
            payloads = engine(gray)
        except cv2.error:  # the detectors of OpenCV fail on some pictures instead of finding nothing
            payloads = set()
        requests.send(Answer(frozenset(payloads), (time.process_time() - began) * 1000))


class Killable:
    """One engine in a process that can be ended; the next picture gets a new one."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._process: mp.process.BaseProcess | None = None

    def read(self, gray: Gray, afresh: bool = True) -> Answer:
        if self._process is None:
            self._ours, theirs = mp.get_context("spawn").Pipe()
            self._process = mp.get_context("spawn").Process(
                target=_serve, args=(self._name, theirs), daemon=True
            )
            self._process.start()
            theirs.close()
        self._ours.send((afresh, gray))
        if self._ours.poll(LIMIT_S):
            answer: Answer = self._ours.recv()
            return answer
        self.close()
        return Answer(frozenset(), LIMIT_S * 1000, frozen=True)

    def close(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process = None


# --- what they are shown


class Picture(NamedTuple):
    kind: str
    gray: Gray
    truth: frozenset[bytes] | None  # None: not known, any code that is read counts


def frames_vga(folder: Path) -> Iterator[Picture]:
    for entry in json.loads((folder / "index.json").read_text()):
        gray = cv2.imread(str(folder / entry["f"]), cv2.IMREAD_GRAYSCALE)
        truth = frozenset(text.encode() for _, text in entry["truth"])
        yield Picture(f"{entry['scene']} {entry['tier']}", gray, truth)


def boofcv(folder: Path) -> Iterator[Picture]:
    for file in sorted(folder.glob("*/*")):
        gray = (
            cv2.imread(str(file), cv2.IMREAD_GRAYSCALE) if file.suffix.lower() in (".jpg", ".png") else None
        )
        if gray is not None:
            scale = min(1.0, LONGEST_PX / max(gray.shape))
            small = (
                cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
                if scale < 1
                else gray
            )
            yield Picture(file.parent.name, small, None)


SETS: Final[dict[str, Callable[[Path], Iterator[Picture]]]] = {"frames_vga": frames_vga, "boofcv": boofcv}


@dataclass
class Reading:
    """Of one engine over one set."""

    pictures: int = 0
    read: int = 0
    false_payloads: int = 0
    ms: list[float] = field(default_factory=list)
    by_kind: dict[str, list[int]] = field(default_factory=dict)  # read, shown

    def add(self, picture: Picture, answer: Answer) -> None:
        hit = bool(answer.payloads if picture.truth is None else answer.payloads & picture.truth)
        self.pictures += 1
        self.read += hit
        self.false_payloads += len(answer.payloads - picture.truth) if picture.truth is not None else 0
        self.ms.append(answer.ms)
        kind = self.by_kind.setdefault(picture.kind, [0, 0])
        kind[0] += hit
        kind[1] += 1

    def figures(self) -> dict[str, Any]:
        return {
            "pictures": self.pictures,
            "recall_percent": round(100 * self.read / self.pictures, 1),
            "false_payloads": self.false_payloads,
            "ms_mean": round(sum(self.ms) / len(self.ms), 2),
            "ms_median": round(median(self.ms), 2),
            "ms_worst": round(max(self.ms), 1),
            "by_kind_percent": {
                kind: round(100 * hit / of) for kind, (hit, of) in sorted(self.by_kind.items())
            },
        }


@dataclass
class Watching:
    """Of one engine over sequences: seconds from the first picture with the whole code to the answer. The kiosk
    believes bars when it saw them twice, so `reads_needed` of ours is 2 there."""

    reads_needed: int = 1
    first_read_s: list[float] = field(default_factory=list)
    never: int = 0

    def add(self, sequence: Sequence, engine: Killable) -> None:
        """Newest picture only: what comes while the engine is busy is never seen by it."""
        whole_s = next(frame.at_s for frame in sequence.frames if frame.whole)
        free_s, afresh, reads = 0.0, True, 0
        for frame in sequence.frames:
            if frame.at_s + 1 / FRAMES_PER_S <= free_s:
                continue  # a newer one is there when the engine is free
            answer = engine.read(frame.picture, afresh)
            afresh = False
            free_s = max(free_s, frame.at_s) + answer.ms / 1000
            reads += sequence.payload in answer.payloads
            if reads == self.reads_needed:
                self.first_read_s.append(max(0.0, free_s - whole_s))
                return
        self.never += 1

    def figures(self) -> dict[str, Any]:
        known = sorted(self.first_read_s)
        return {
            "sequences": len(known) + self.never,
            "never_read": self.never,
            "first_read_s_median": round(median(known), 3) if known else None,
            "first_read_s_worst": round(known[-1], 3) if known else None,
        }


def measure(images: Path, engines: Iterable[str], quick: bool) -> dict[str, Any]:
    found: dict[str, Any] = {"sets": {}, "sequences": {}, "hostile": {}}
    running = {name: Killable(name) for name in engines}
    try:
        for name, load in SETS.items():
            readings = {engine: Reading() for engine in running}
            for number, picture in enumerate(load(images / name)):
                if quick and number % 8:
                    continue
                for (
                    engine,
                    process,
                ) in running.items():  # in turn, so that all meet the same moods of the machine
                    readings[engine].add(picture, process.read(picture.gray))
            found["sets"][name] = {engine: reading.figures() for engine, reading in readings.items()}
        for kind in ("qr", "code128"):
            watching = {
                engine: Watching(2 if kind == "code128" and engine == OURS else 1) for engine in running
            }
            for sequence in sequences(4 if quick else SEQUENCES, kind):
                for engine, process in running.items():
                    watching[engine].add(sequence, process)
            found["sequences"][kind] = {engine: seen.figures() for engine, seen in watching.items()}
        for name, draw in HOSTILE.items():
            gray = draw()
            found["hostile"][name] = {
                engine: asdict(Hostile.of(process.read(gray))) for engine, process in running.items()
            }
    finally:
        for process in running.values():
            process.close()
    # The goals are shares of all pictures; an eighth of them says nothing about these.
    return found | {"against_zxing": ratios(found), "goals": {} if quick else met(found)}


@dataclass
class Hostile:
    ms: float
    frozen: bool

    @classmethod
    def of(cls, answer: Answer) -> Hostile:
        return cls(round(answer.ms, 1), answer.frozen)


def ratios(found: dict[str, Any]) -> dict[str, Any]:
    """Our recall and time beside zxing-cpp's default call on the same pictures in the same run."""
    return {
        name: {
            figure: round(of[OURS][figure] / of[ZXING][figure], 2) for figure in ("recall_percent", "ms_mean")
        }
        for name, of in found["sets"].items()
    }


def met(found: dict[str, Any]) -> dict[str, bool]:
    sets, held = found["sets"], found["sequences"]["qr"][OURS]
    goals = {
        f"{name}: {goal['recall_percent']:.0f} % at {goal['ms_mean']:.0f} ms": (
            sets[name][OURS]["recall_percent"] >= goal["recall_percent"]
            and sets[name][OURS]["ms_mean"] <= goal["ms_mean"]
        )
        for name, goal in GOALS.items()
        if name in sets
    }
    goals["no false payload"] = not any(of[OURS]["false_payloads"] for of in sets.values())
    goals[f"hostile pictures within {GOALS['hostile_ms']:.0f} ms"] = all(
        of[OURS]["ms"] <= GOALS["hostile_ms"] for of in found["hostile"].values()
    )
    goals[f"a phone code is read within {GOALS['first_read_s']} s"] = (
        not held["never_read"] and held["first_read_s_worst"] <= GOALS["first_read_s"]
    )
    return goals


def table(found: dict[str, Any]) -> str:
    lines = []
    for name, of in found["sets"].items():
        lines += ["", f"{name:<28} pictures   read %   false   mean ms   median    worst"]
        lines += [
            f"  {engine:<28}{one['pictures']:>6}{one['recall_percent']:>9}{one['false_payloads']:>8}"
            f"{one['ms_mean']:>10}{one['ms_median']:>9}{one['ms_worst']:>9}"
            for engine, one in of.items()
        ]
    for kind, of in found["sequences"].items():
        lines += ["", f"phone with {kind:<17}  shown   never   first read s: median   worst"]
        lines += [
            f"  {engine:<28}{one['sequences']:>6}{one['never_read']:>8}"
            f"{one['first_read_s_median']!s:>22}{one['first_read_s_worst']!s:>8}"
            for engine, one in of.items()
        ]
    lines += ["", "hostile pictures, ms"]
    for name, of in found["hostile"].items():
        figures = (f"{engine} {'> ' if one['frozen'] else ''}{one['ms']}" for engine, one in of.items())
        lines.append(f"  {name:<22}" + " · ".join(figures))
    lines += ["", "ours beside zxing-cpp's default call"]
    for name, ratio in found["against_zxing"].items():
        lines.append(f"  {name:<22}recall {ratio['recall_percent']} times, time {ratio['ms_mean']} times")
    lines += ["", *(f"{'reached' if done else 'MISSED ':<8} {goal}" for goal, done in found["goals"].items())]
    return "\n".join(lines[1:])


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench/codes.py", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--images", type=Path, default=IMAGES, help="folder with frames_vga/ and boofcv/")
    parser.add_argument(
        "--quick",
        action="store_true",
        help="every eighth picture, four sequences of each kind; not held against the goals",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object instead of the table")
    given = parser.parse_args()
    missing = [str(given.images / name) for name in SETS if not (given.images / name).is_dir()]
    if missing:
        parser.error(f"no pictures in {' and '.join(missing)}: give their folder with --images")
    found = measure(given.images, ENGINES, given.quick)
    print(json.dumps(found) if given.json else table(found))


if __name__ == "__main__":
    main()
