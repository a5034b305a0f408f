"""One virtual machine under software emulation: a drive behind NBD, devices on its serial lines, and a plug."""

from __future__ import annotations

import random
import socket
import subprocess
from pathlib import Path
from typing import Final

from tests.crash import ext4_mounts as ext4
from tests.crash.block_drive import Pages
from tests.crash.power import Kept
from tests.crash.powercut.nbd import NetworkDrive
from tests.crash.powercut.parts import Parts, tool

MEMORY_MIB: Final = 384
START_LIMIT_S: Final = 60.0  # for the emulator itself
ACCEPTOR, PRINTER, GLASS = (f"/dev/ttyS{number}" for number in (4, 5, 6))  # PCI: after the four of a PC
KERNEL_LINE: Final = (
    "console=ttyS0 quiet loglevel=3 mitigations=off tsc=reliable no_timer_check 8250.nr_uarts=8 panic=-1"
)


class Machine:
    def __init__(
        self, folder: Path, parts: Parts, pages: Pages, lines: Path, weaken: str, lying: bool
    ) -> None:
        """`lines`: folder with the pseudo-terminals of the simulated devices. `weaken`: pragmas of the journal."""
        self.console = folder / "console.log"
        self._glass = folder / "glass.sock"
        self._parts, self._lines, self._weaken = parts, lines, weaken
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self._glass))
        self._listener.listen(1)
        self._address = folder / "drive.sock"
        self.drive = NetworkDrive(self._address, pages, ext4.SIZE, lying=lying)
        self._qemu: subprocess.Popen[bytes] | None = None

    def power_on(self) -> socket.socket:
        """The line to the machine's screen."""
        self.drive.power_on()
        line = f"{KERNEL_LINE} kiosk.weaken={self._weaken}" if self._weaken else KERNEL_LINE
        # fmt: off
        command = [
            tool("setpriv"), "--pdeathsig", "KILL",  # no machine outlives its trial
            tool("qemu-system-x86_64"), "-M", "q35", "-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2",
            "-m", str(MEMORY_MIB), "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
            "-kernel", str(self._parts.kernel), "-initrd", str(self._parts.initrd), "-append", line,
            "-drive", f"file={self._parts.root},if=none,id=root,format=raw,readonly=on",
            "-device", "virtio-blk-pci,drive=root",
            "-blockdev", f"driver=nbd,node-name=kiosk,server.type=unix,server.path={self._address}",
            "-device", "virtio-blk-pci,drive=kiosk,write-cache=on",
            "-chardev", f"file,id=console,path={self.console}", "-serial", "chardev:console",
            "-chardev", f"serial,id=acceptor,path={(self._lines / 'acceptor').resolve()}",
            "-device", "pci-serial,chardev=acceptor",
            "-chardev", f"serial,id=printer,path={(self._lines / 'printer').resolve()}",
            "-device", "pci-serial,chardev=printer",
            "-chardev", f"socket,id=glass,path={self._glass},server=off", "-device", "pci-serial,chardev=glass",
        ]
        # fmt: on
        with self.console.with_name("qemu.log").open("w+b") as words:
            self._qemu = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=words)
            self._listener.settimeout(START_LIMIT_S)
            try:
                glass, _ = self._listener.accept()
            except TimeoutError:
                words.seek(0)
                raise RuntimeError(f"qemu does not start: {words.read().decode(errors='replace')}") from None
        return glass

    def pull(self) -> None:
        """The plug: nothing in the machine hears of it."""
        if self._qemu is not None:
            self._qemu.kill()
            self._qemu.wait()

    def power_off(self, kept: Kept, chance: random.Random) -> int:
        """What its drive still held in its cache is lost but for a chance part. How many writes that were."""
        self.pull()
        return self.drive.power_off(kept, chance)

    def close(self) -> None:
        self.pull()
        self._listener.close()
