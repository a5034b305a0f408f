"""A serial line with parity that can be opened again where the kernel keeps no parity: a pseudo-terminal.

There `tcsetattr` reports EINVAL when parity is the only thing that was asked to change, as it is from the
second opening on. Asking for another speed first gives it something that it can change.
"""

from __future__ import annotations

import errno
import os
import termios

from hardware.line import Line, LineTrouble, trouble_of

_SPEEDS = slice(4, 6)  # of the list of termios: input and output


class ParityLine(Line):
    def open(self) -> None:
        try:
            super().open()
        except LineTrouble as trouble:
            cause = trouble.__cause__
            if not isinstance(cause, termios.error) or cause.args[0] != errno.EINVAL:
                raise
            _forget_speed(self.port)  # the port is ours: it was locked before it was set up
            super().open()


def _forget_speed(port: str) -> None:
    """Leave the port at a speed that nobody uses. Raises LineTrouble."""
    try:
        fd = os.open(port, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        try:
            settings = termios.tcgetattr(fd)
            settings[_SPEEDS] = [termios.B50, termios.B50]
            termios.tcsetattr(fd, termios.TCSANOW, settings)
        finally:
            os.close(fd)
    except (OSError, termios.error) as error:
        raise trouble_of(port, error) from error
