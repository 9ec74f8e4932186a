"""Lets the tests of this folder import the helpers that lie beside them and in tests/dialogue, and settles how
hypothesis searches: the same cases in every run, so that nobody's change fails for something found by chance.

What is found is shown as it was drawn. `--hypothesis-profile=smaller` looks for the smallest case that fails alike,
which takes minutes where tables are drawn (add --timeout 900)."""

import sys
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "dialogue")]

settings.register_profile(
    "voicebot",
    derandomize=True,
    database=None,
    deadline=None,
    print_blob=True,
    max_examples=60,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.register_profile("smaller", settings.get_profile("voicebot"), phases=tuple(Phase))
if settings.get_current_profile_name() != "smaller":
    settings.load_profile("voicebot")
