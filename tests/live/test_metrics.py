"""What is counted of live calls."""

from __future__ import annotations

from live_parts import NOTHING, Bench, Talk, loud, meant, quiet

from voicebot.metrics import Metrics


def test_endpoints_interruptions_noises_and_hand_overs_are_counted():
    metrics = Metrics(dict)
    bench = Bench(Talk([NOTHING, meant("my bin")]), observe=metrics.live)
    bench.hear(quiet(0.3) + loud(0.3) + quiet(0.8)).until_asked().hear(loud(1.0) + quiet(0.7)).until_asked()
    text = metrics.text().decode()
    assert 'voicebot_part_seconds_count{part="endpoint"} 2.0' in text
    assert 'voicebot_part_seconds_count{part="beyond_endpoint"} 1.0' in text
    for what in ("stopped_by_speech", "noise", "handed_over_answered"):
        assert f'voicebot_live_events_total{{what="{what}"}} 1.0' in text
