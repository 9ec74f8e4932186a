from __future__ import annotations

from voicebot.routing.changed import changes
from voicebot.routing.source import Sources

OLD = Sources((("routing.yaml", "a\nb\nc\n"), ("routing.d/one.yaml", "x\n"), ("routing.d/two.yaml", "y\n")))


def test_what_stays_as_it_was_is_left_out() -> None:
    assert changes(OLD, OLD) == ()


def test_files_come_with_what_changed_in_them() -> None:
    new = Sources((("routing.yaml", "a\nB\nc\nd\n"), ("routing.d/three.yaml", "z\n"), ("routing.d/two.yaml", "y\n")))
    main, added, gone = changes(OLD, new)
    assert (main.file, main.added, main.removed) == ("routing.yaml", 2, 1)
    assert main.lines == ("@@ -1,3 +1,4 @@", " a", "-b", "+B", " c", "+d")
    assert (added.file, added.added, added.removed) == ("routing.d/three.yaml", 1, 0)
    assert (gone.file, gone.added, gone.removed) == ("routing.d/one.yaml", 0, 1)


def test_lines_that_look_like_the_marks_of_a_diff_are_counted_as_lines() -> None:
    old, new = (Sources((("routing.yaml", text),)) for text in ("---\na\n", "+++ a\na\n"))
    (found,) = changes(old, new)
    assert (found.added, found.removed) == (1, 1)


def test_at_first_everything_is_new() -> None:
    assert [(each.file, each.added, each.removed) for each in changes(None, OLD)] == [
        ("routing.yaml", 3, 0),
        ("routing.d/one.yaml", 1, 0),
        ("routing.d/two.yaml", 1, 0),
    ]


def test_the_main_file_may_be_called_otherwise() -> None:
    renamed = Sources((("council.yaml", "a\n"),))
    (found,) = changes(Sources((("routing.yaml", "b\n"),)), renamed)
    assert (found.file, found.added, found.removed) == ("council.yaml", 1, 1)


def test_ends_of_lines_alone() -> None:
    (found,) = changes(Sources((("routing.yaml", "a\nb\n"),)), Sources((("routing.yaml", "a\r\nb\r\n"),)))
    assert (found.added, found.removed, found.lines) == (0, 0, ())
