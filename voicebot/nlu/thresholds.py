"""Chooses the thresholds of `routing.yaml` by what each mistake costs a caller. Pure but for numpy.

The costs are judgements, in units of one question too many: a caller put through to the wrong team waits in its queue,
is passed on and tells her story again (5); a real request that is refused may never be made again (3); something that
is none of the council's business let through as a request costs a team a call (4); an urgent call that is missed costs
most by far (30, on top of what became of it); an ordinary call taken for urgent ties up the duty team and frightens
(8).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

from voicebot.nlu.nearest import Scores
from voicebot.routing.table import OUT_OF_SCOPE

MISROUTE = 5.0
QUESTION = 1.0
CONFIRM = 0.6
"""A "yes" or "no" is less of a question than the whole story again."""
REFUSED = 3.0
LET_THROUGH = 4.0
MISSED_URGENT = 30.0
FALSE_URGENT = 8.0

_STEPS = tuple(round(step, 2) for step in np.arange(0.2, 0.95, 0.05).tolist())
_CHOICE = 0.6
"""Answers to questions are matched, not modelled: their confidences are beliefs set by hand (`answers`)."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Probabilities, 0 to 1, as `routing.yaml` has them under `thresholds`; `alarm` and `alarm_with` are the second
    opinion's own: urgent where the judge of urgent calls alone reaches `alarm` and the urgent intents together
    `alarm_with`."""

    accept: float = 0.6
    confirm: float = 0.35
    offer_two: float = 0.45
    refuse: float = 0.5
    urgent: float = 0.3
    choice: float = _CHOICE
    alarm: float = 0.9
    alarm_with: float = 0.15

    def alarmed(self, together: float, alarm: float) -> bool:
        return together >= self.urgent or (alarm >= self.alarm and together >= self.alarm_with)

    def for_routing(self) -> dict[str, float]:
        """Those that routing.yaml names."""
        return {name: value for name, value in asdict(self).items() if not name.startswith("alarm")}


@dataclass(frozen=True, slots=True)
class Seen:
    """Utterances the judges had not seen: probabilities (utterances, labels), alarms (utterances,), and per utterance
    the intents that are right."""

    labels: tuple[str, ...]
    urgent: tuple[str, ...]
    probabilities: Scores
    alarms: Scores
    right: Sequence[Sequence[str]]


def choose_thresholds(seen: Seen) -> Chosen:
    """The thresholds of least cost over `seen`: first the urgent ones, then the rest for what is not urgent."""
    together, is_urgent = urgency(seen)
    best = min(
        (
            (limit, alarm, low)
            for limit in _STEPS
            for alarm in (0.8, 0.9, 0.95, 0.98, 1.01)
            for low in (0.1, 0.15, 0.2, 0.3)
        ),
        key=lambda each: _urgent_cost(
            Chosen(urgent=each[0], alarm=each[1], alarm_with=each[2]), seen, together, is_urgent
        ),
    )
    start = Chosen(urgent=best[0], alarm=best[1], alarm_with=best[2])
    calm = ~np.array([start.alarmed(a, b) for a, b in zip(together, seen.alarms, strict=True)])
    table = _Table.of(seen, calm)
    grid = product(_STEPS, _STEPS, (0.3, 0.4, 0.5, 0.6, 0.7), _STEPS)
    accept, confirm, offer_two, refuse = min(
        (each for each in grid if each[1] <= each[0]), key=lambda each: float(table.cost(*each).mean())
    )
    return Chosen(accept, confirm, offer_two, refuse, *best[:1], _CHOICE, *best[1:])


def urgency(seen: Seen) -> tuple[Scores, npt.NDArray[np.bool_]]:
    """(how likely all urgent intents together are, whether the right answer is an urgent one), each (utterances,)."""
    columns = [seen.labels.index(name) for name in seen.urgent]
    together = seen.probabilities[:, columns].sum(axis=1)
    return together, np.array([right[0] in seen.urgent for right in seen.right], dtype=bool)


def _urgent_cost(chosen: Chosen, seen: Seen, together: Scores, is_urgent: npt.NDArray[np.bool_]) -> float:
    found = np.array([chosen.alarmed(a, b) for a, b in zip(together, seen.alarms, strict=True)])
    return float((is_urgent & ~found).sum() * MISSED_URGENT + (~is_urgent & found).sum() * FALSE_URGENT)


@dataclass(frozen=True, slots=True)
class _Table:
    """What the policy of the dialogue looks at, one row an utterance, so that a grid of thresholds is tried quickly.

    It mirrors `voicebot.dialogue.policy.judge`: refuse, accept, confirm or offer two, else ask again.
    """

    best_out: npt.NDArray[np.bool_]
    best: Scores
    known: Scores
    second: Scores
    known_right: npt.NDArray[np.bool_]
    two_right: npt.NDArray[np.bool_]
    out: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, seen: Seen, rows: npt.NDArray[np.bool_]) -> _Table:
        probabilities = seen.probabilities[rows]
        rights = [right for right, row in zip(seen.right, rows, strict=True) if row]
        out_column = seen.labels.index(OUT_OF_SCOPE) if OUT_OF_SCOPE in seen.labels else -1
        known = probabilities.copy()
        if out_column >= 0:
            known[:, out_column] = 0
        order = np.argsort(-known, axis=1)[:, :2]
        first, second = (np.take_along_axis(known, order[:, [at]], axis=1)[:, 0] for at in (0, 1))
        named = [[seen.labels[column] for column in row] for row in order]
        return cls(
            probabilities.argmax(axis=1) == out_column,
            probabilities.max(axis=1),
            first,
            second,
            np.array([names[0] in right for names, right in zip(named, rights, strict=True)], dtype=bool),
            np.array([bool(set(names) & set(right)) for names, right in zip(named, rights, strict=True)], dtype=bool),
            np.array([OUT_OF_SCOPE in right for right in rights], dtype=bool),
        )

    def decisions(self, accept: float, confirm: float, offer_two: float, refuse: float) -> npt.NDArray[np.str_]:
        close = self.second * 2 >= self.known
        return np.select(
            [
                self.best_out & (self.best >= refuse),
                self.known >= accept,
                (self.known >= confirm) & ~close,
                self.known + self.second >= offer_two,
                self.known >= confirm,
            ],
            ["refuse", "accept", "confirm", "offer_two", "confirm"],
            "ask_again",
        )

    def cost(self, accept: float, confirm: float, offer_two: float, refuse: float) -> Scores:
        decided = self.decisions(accept, confirm, offer_two, refuse)
        wrong = np.where(self.out, LET_THROUGH, MISROUTE)
        asked = {
            "refuse": np.where(self.out, 0.0, REFUSED),
            "accept": np.where(self.known_right & ~self.out, 0.0, wrong),
            "confirm": np.where(self.known_right, CONFIRM, CONFIRM + QUESTION),
            "offer_two": np.where(self.two_right, QUESTION, 2 * QUESTION),
            "ask_again": np.full(len(self.out), 1.5 * QUESTION),
        }
        return np.select([decided == name for name in asked], list(asked.values()))


def decide(seen: Seen, chosen: Chosen) -> tuple[list[str], list[str]]:
    """What the dialogue's policy would decide about each utterance, and about which intent ("a|b" for offer_two)."""
    together, _ = urgency(seen)
    table = _Table.of(seen, np.ones(len(seen.right), dtype=bool))
    decided = table.decisions(chosen.accept, chosen.confirm, chosen.offer_two, chosen.refuse).tolist()
    about: list[str] = []
    for row, probabilities in enumerate(seen.probabilities):
        named = [seen.labels[column] for column in np.argsort(-probabilities, kind="stable")]
        known = [name for name in named if name != OUT_OF_SCOPE]
        if chosen.alarmed(float(together[row]), float(seen.alarms[row])):
            decided[row] = "urgent"
            known = [name for name in known if name in seen.urgent]
        about.append(
            "|".join(known[:2])
            if decided[row] == "offer_two"
            else OUT_OF_SCOPE
            if decided[row] == "refuse"
            else known[0]
        )
    return decided, about
