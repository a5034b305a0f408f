"""The schema. The dock writes these tables in plain SQL (it stays off the ORM), the pages read them here.

Times are UTC milliseconds, money is whole fen. Four families: who may talk; what they said, as it came and
never changed; what follows from it (projections, rebuilt by `python -m central rebuild`); what is owed.
"""

from central.office.models import follows, owed, talkers, told

__all__ = ["follows", "owed", "talkers", "told"]
