"""How the line of a simulated bill acceptor may misbehave, whatever protocol it carries."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from hardware.simulated import Json


@dataclass
class LineFaults:
    """Misbehaviour of the line. Counts go down by one each time; zero and false mean none."""

    drop_replies: int = 0  # carried out, never answered
    corrupt: int = 0  # answered with a wrong check
    deaf: int = 0  # neither carried out nor answered
    repeat: int = 0  # answered twice
    split: bool = False
    echo: bool = False
    slow_ms: int = 0

    def takes(self, name: str) -> bool:
        """Whether the counted fault strikes now; then it is counted down."""
        left: int = getattr(self, name)
        if left:
            setattr(self, name, left - 1)
        return left > 0

    def active(self) -> Json:
        return {name: value for name, value in asdict(self).items() if value}
