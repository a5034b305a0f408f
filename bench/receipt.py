"""What does one receipt cost on the wire? `python -m bench.receipt [--json] [--runs 20]`

The receipt of one visit, as the kiosk's own document makes it: in the printer's Chinese mode, with a customer's name
that the font lacks, all as dots; beside python-escpos, which has no Chinese mode to speak of and sends the same
receipt as one picture. Same run, same receipt, same paper; ratios are to that picture. Seconds are bytes at 10 bits
each: what the line takes, the mechanism not counted."""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import sys
import time
from collections.abc import Callable

import msgspec
from escpos.printer import Dummy
from PIL import Image

from hardware.contracts import Document
from hardware.printers.escpos import encode
from hardware.printers.picture import picture
from hardware.printers.profile import Coverage, Profile, Proof
from kiosk.receipts import document
from tests.hardware.printers.escpos_papers import receipt_issued, site

PAPERS = {80: 576, 58: 384}  # mm, dots
BAUDS = (19_200, 115_200)
BITS_PER_BYTE = 10  # 8N1
USUAL, RARE = "李*明", "𠮷*明"


class Row(msgspec.Struct):
    paper_mm: int
    way: str
    bytes: int
    wire_s: dict[str, float]  # by baud
    cpu_ms: float
    times_fewer_bytes: float  # than python-escpos in this run
    times_less_cpu: float


def own(paper_mm: int, coverage: Coverage, slip: Document) -> bytes:
    profile = Profile(
        paper_mm=paper_mm,  # type: ignore[arg-type]
        dots=PAPERS[paper_mm],
        cutter=True,
        coverage=coverage,
        speed_mm_s=100,
        proof=Proof.PROCESS_ID,
    )
    return b"".join(encode(slip, profile)[0])


def theirs(paper_mm: int, slip: Document) -> bytes:
    """The same receipt, drawn (by us: it has no layout) and sent by python-escpos as one picture."""
    dots = PAPERS[paper_mm]
    paper = picture(slip, dots)
    margin = (paper.width - dots) // 2
    job = Dummy()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        job.image(paper.crop((margin, 0, margin + dots, paper.height)).convert("1", dither=Image.Dither.NONE))
        job.cut()
    return bytes(job.output)


def measured(runs: int, make: Callable[[], bytes]) -> tuple[int, float]:
    """Bytes, and CPU milliseconds of one; fonts are loaded before it is timed."""
    size = len(make())
    began = time.process_time()
    for _ in range(runs):
        make()
    return size, (time.process_time() - began) * 1000 / runs


def rows(paper_mm: int, runs: int) -> list[Row]:
    usual, rare = (document(site(), receipt_issued(customer=name), 1) for name in (USUAL, RARE))
    ways: dict[str, Callable[[], bytes]] = {
        "python-escpos, one picture": lambda: theirs(paper_mm, usual),
        "own, Chinese mode": lambda: own(paper_mm, Coverage.GB18030_2, usual),
        "own, a name beyond the font": lambda: own(paper_mm, Coverage.GB18030_2, rare),
        "own, all as dots": lambda: own(paper_mm, Coverage.RASTER, usual),
    }
    found: list[Row] = []
    for way, make in ways.items():
        size, cpu_ms = measured(runs, make)
        first = found[0] if found else None
        found.append(
            Row(
                paper_mm,
                way,
                size,
                {str(baud): round(size * BITS_PER_BYTE / baud, 3) for baud in BAUDS},
                round(cpu_ms, 3),
                round(first.bytes / size, 1) if first else 1.0,
                round(first.cpu_ms / cpu_ms, 1) if first else 1.0,
            )
        )
    return found


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.receipt", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of the table")
    parser.add_argument("--runs", type=int, default=20, help="receipts per row")
    arguments = parser.parse_args()
    found = [row for paper_mm in PAPERS for row in rows(paper_mm, arguments.runs)]
    if arguments.json:
        print(json.dumps({"runs": arguments.runs, "rows": msgspec.to_builtins(found)}, ensure_ascii=False))
        return 0
    print("| paper | way | bytes | s at 19,200 | s at 115,200 | CPU ms | fewer bytes | less CPU |")
    print("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for row in found:
        seconds = " | ".join(f"{row.wire_s[str(baud)]:.2f}" for baud in BAUDS)
        print(
            f"| {row.paper_mm} mm | {row.way} | {row.bytes:,} | {seconds} | {row.cpu_ms:.2f}"
            f" | × {row.times_fewer_bytes:g} | × {row.times_less_cpu:g} |"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
