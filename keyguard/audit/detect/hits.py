"""Which buckets draw attention, and by what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from keyguard.audit.detect import firsts, limits
from keyguard.audit.detect.grid import Grid
from keyguard.audit.detect.sensitivity import Sensitivity
from keyguard.audit.detect.traces import Traces, strength
from keyguard.audit.detect.watched import Watched
from keyguard.audit.series import Flags
from keyguard.model.anomaly import Kind

_WARY: Final = 0.6  # thresholds while a key is known to be exposed, as a share of the usual ones


def hits(grid: Grid, traces: Traces, watched: Sequence[Watched], sensitivity: Sensitivity) -> Mapping[Kind, Flags]:
    """For each kind, the most telling first, a flag for each bucket; shaped as the grid. Only rises count."""
    exposed = firsts.exposed(grid, watched)
    share = np.where(exposed, _WARY, 1.0)
    above = grid.values > traces.expected
    sudden, slow = strength(traces.score, traces.ramp, sensitivity)
    drawn = above & (sudden + slow >= share)
    models = np.array([bool(one.series.name.model) for one in watched])
    first = firsts.first_use(grid)
    return {
        Kind.REVOKED: firsts.revoked(grid, watched),
        Kind.LIMIT: limits.breaches(grid, watched),
        Kind.MODEL: first & models,
        Kind.FIRST: first & ~models,
        Kind.SILENCE: firsts.after_silence(grid),
        Kind.HOUR: firsts.new_hour(grid, traces.taught),
        Kind.BURST: above & (traces.burst >= share * sensitivity.chance),
        Kind.UNUSUAL: drawn & (sudden >= slow),
        Kind.RAMP: drawn & (sudden < slow),
        Kind.EXPOSED: exposed,
    }
