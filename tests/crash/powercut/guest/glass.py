"""Carries the lines of the core's socket for screens over a serial line, out to who looks and touches."""

import os
import select
import socket
import sys
import termios
import time
import tty

PAUSE_S = 0.05  # the core is still starting


def carry(link: socket.socket, line: int) -> None:
    """Until the core is gone."""
    while True:
        ready, _, _ = select.select([link.fileno(), line], [], [])
        if link.fileno() in ready:
            data = link.recv(65536)
            if not data:
                return
            while data:
                data = data[os.write(line, data) :]
        if line in ready:
            link.sendall(os.read(line, 4096))


def main(path: str, device: str) -> None:
    line = os.open(device, os.O_RDWR | os.O_NOCTTY)
    tty.setraw(line)
    termios.tcflush(line, termios.TCIOFLUSH)
    while True:
        with socket.socket(socket.AF_UNIX) as link:
            try:
                link.connect(path)
            except OSError:
                time.sleep(PAUSE_S)
                continue
            carry(link, line)


main(*sys.argv[1:])
