"""Whatever comes, in whatever order: nothing is raised, and the call is listening, on its way, or handed over."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from live_parts import NOTHING, Bench, Talk, WhenTold, loud, meant, quiet

from voicebot.dialogue.actions import Ask, Expecting
from voicebot.dialogue.events import PartFailed
from voicebot.errors import StorageError
from voicebot.live.ports import Frame, Gone, Hearing, Key, Played
from voicebot.ports import Answer

HEARINGS = [meant("my bin"), meant("and my", "ask_again"), meant("Mm."), NOTHING, ZeroDivisionError()]
HEARINGS.append(Hearing(PartFailed("recogniser"), "", {}))
QUESTIONS = [Answer((Ask(f"Question {kind}?", Expecting(kind)),), 2) for kind in ("request", "yes_no", "keys")]

steps = st.lists(
    st.one_of(
        st.builds(Frame, st.integers(0, 6000).map(lambda size: loud(1.0)[:size])),
        st.builds(Frame, st.integers(0, 20_000).map(lambda size: (quiet(1.0) * 3)[:size])),
        st.builds(Frame, st.binary(max_size=700)),
        st.builds(Key, st.sampled_from([*"0123456789*#", "", "A", "##"])),
        st.builds(Played, st.sampled_from(["s1", "s2", "s3", "s9", ""])),
        st.sampled_from(["work", "tick", "wait"]),
    ),
    max_size=25,
)


@settings(max_examples=60, deadline=None)
@given(steps, st.lists(st.sampled_from(HEARINGS), min_size=1, max_size=3), st.booleans(), st.booleans())
def test_any_order_of_what_comes_ends_in_a_call_that_goes_on_or_is_handed_over(steps, hearings, speak, breaks):
    answers = [*QUESTIONS, StorageError("gone") if breaks else QUESTIONS[0]]
    pool = WhenTold()
    bench = Bench(Talk(hearings, answers), pool=pool, speak=speak)
    for step in steps:
        match step:
            case "work":
                pool.work()
            case "tick":
                bench.line.tick()
            case "wait":
                bench.wait(0.5)
            case _:
                bench.line.take(step)
    assert bench.line.done == (len(bench.handed) == 1)
    # Whatever state it is in, a caller who is silent is asked again, answered or handed over: never left alone.
    before = len(bench.talk.taken)
    for _ in range(160):
        if bench.line.done or len(bench.talk.taken) > before:
            break
        bench.hear(quiet(0.2))
        pool.work()
    assert bench.line.done or len(bench.talk.taken) > before
    bench.line.take(Gone())
    assert bench.line.done
