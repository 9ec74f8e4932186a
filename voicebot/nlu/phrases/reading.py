"""What the files of phrases have in common when they are read: text that may be anything, shapes, words that can be
spoken. Nothing is raised: what is wrong is collected."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from voicebot.nlu.clean import MAX_CHARACTERS, clean
from voicebot.nlu.phrases.characters import unspeakable
from voicebot.routing.issues import Issue, Mark, choose, issue, shown
from voicebot.routing.yaml_text import Fields, Items, Node, Text, read_yaml

MAX_BYTES = 5_000_000
"""Ten thousand long phrases are about 2 MB; what is larger is another file."""

_BRACKET = re.compile(r"\s*- \[")
_NO_SPACE = re.compile(r"-(?=[^\s-])")
_TEXT_FIX = "write it on one line; put it in quotes where it holds a colon and a space"


class FileReader:
    """Walks the tree of one file and collects what is wrong with it in `issues`, which files may share."""

    def __init__(self, file: Path, issues: list[Issue]) -> None:
        self.file = file
        self.start = Mark(str(file), 1, 1)
        self.issues = issues
        self.keys: dict[str, Mark] = {}
        """Where each field of the file is named; known once `root` has been asked."""
        self._lines: list[str] = []

    def complain(self, code: str, mark: Mark, message: str, fix: str) -> None:
        self.issues.append(issue(code, mark, message, fix))

    def root(self, allowed: Collection[str]) -> Mapping[str, Node] | None:
        """The fields of the file, an issue for each that is not `allowed`; None where nothing can be read."""
        text = self._content()
        if text is None:
            return None
        self._lines = text.split("\n")
        node, issues = read_yaml(text, str(self.file))
        self.issues += [self._bracketed(each) or each for each in issues]
        if isinstance(node, Fields):
            self.keys = {entry.key: entry.mark for entry in node.entries}
        return None if node is None and issues else self.fields(node, allowed)

    def _content(self) -> str | None:
        if self.file.is_dir():
            self.complain("E701", self.start, "this is a folder, not a file", "move it away, or rename it")
            return None
        try:
            with self.file.open("rb") as opened:
                content = opened.read(MAX_BYTES + 1)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            self.complain("E701", self.start, f"the file cannot be read ({reason})", "check its permissions")
            return None
        if len(content) > MAX_BYTES:
            message = f"the file is larger than {MAX_BYTES // 1_000_000} MB"
            self.complain("E701", self.start, message, "check that it is the right file")
            return None
        try:
            return content.decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            before = content[: error.start]
            mark = Mark(str(self.file), before.count(b"\n") + 1, error.start - before.rfind(b"\n"))
            fix = "save it again as UTF-8 text"
            self.complain("E701", mark, "the file cannot be read as UTF-8 text", fix)
            return None

    def fields(self, node: Node | None, allowed: Collection[str]) -> Mapping[str, Node]:
        if not isinstance(node, Fields):
            mark = node.mark if node else self.start
            self.complain("E702", mark, "fields are missing here", "write `name: value`, one a line")
            return {}
        for entry in node.entries:
            if entry.key not in allowed:
                message = f"nobody knows the field {shown(entry.key)}"
                self.complain("E706", entry.mark, message, choose(entry.key, allowed, "delete it"))
        return {entry.key: entry.value for entry in node.entries}

    def text(self, node: Node | None, what: str, where: Mark | None = None) -> str:
        """The words of a value, "" and an issue where there are none. `where` it should be, if `node` is None."""
        if isinstance(node, Text) and node.text.strip():
            return node.text.strip()
        mark = node.mark if node else where or self.start
        bracketed = self._bracketed(Issue(*mark, "E703", "", ""))
        if bracketed and not isinstance(node, Text):
            self.issues.append(bracketed)
        else:
            self.complain("E703", mark, f"{what} is missing, empty or not text", _TEXT_FIX)
        return ""

    def _bracketed(self, found: Issue) -> Issue | None:
        """`found`, said of what really is wrong, where an item of a list begins with a bracket."""
        match = _BRACKET.match(self._line(found.line))
        if match is None or found.code not in ("E007", "E703"):
            return None
        message = "this begins with a [, which YAML takes for the start of a list"
        fix = "write words in its place, as a caller says them (Kim, not [name]), or put the line in double quotes"
        return issue(found.code, Mark(found.file, found.line, match.end()), message, fix)

    def together(self, node: Node) -> bool:
        """Whether an item's text ends where the next dash begins. YAML glues a line that is indented too far to the
        one above it, and says nothing."""
        dash = self._line(node.mark.line).find("-")
        for number in range(node.mark.line + 1, len(self._lines) + 1):
            line = self._line(number)
            column = len(line) - len(line.lstrip(" "))
            if line.strip() and column <= dash:
                return True
            if line[column : column + 1] == "-":
                message = f"this line is indented too far, so that its words would belong to line {node.mark.line}"
                fix = f"begin it in column {dash + 1}, where the other dashes stand"
                self.complain("E722", Mark(str(self.file), number, column + 1), message, fix)
                return False
        return True

    def _line(self, number: int) -> str:
        return self._lines[number - 1] if 0 < number <= len(self._lines) else ""

    def words(self, node: Node | None, what: str, where: Mark | None = None, noise: bool = False) -> str:
        """What a caller says: as `text`, and it must be words that Whisper could have written. `noise`: "um" alone
        will do, for callers do say no more."""
        said = self.text(node, what, where)
        if not said or node is None:
            return ""
        sound = True
        for each in unspeakable(said):
            self.complain(each.code, self._mark_of(each.sign, node.mark), each.message, each.fix)
            sound = False
        if sound and not noise and not clean(said):
            self.complain("E708", node.mark, f"there is no word in {what}", "delete it")
            sound = False
        if len(said) > MAX_CHARACTERS:
            message = f"{what} has {len(said.split()):,} words, and only {MAX_CHARACTERS:,} characters count"
            self.complain("E713", node.mark, message, "keep what one caller says in one breath, or delete it")
            sound = False
        return said if sound else ""

    def _mark_of(self, sign: str, start: Mark) -> Mark:
        """Where `sign` stands in the line that a value begins in; the value's beginning where it was written as an
        escape or stands further down."""
        line = self._line(start.line)
        at = line.find(sign, start.column - 1)
        return start if at < 0 else Mark(start.file, start.line, at + 1)

    def items(self, node: Node | None, what: str) -> Iterable[Node]:
        if isinstance(node, Items):
            return node.items
        if isinstance(node, Text) and (match := _NO_SPACE.match(node.text)):
            fix = f"write - {self._line(node.mark.line).strip().removeprefix(match[0])}, and so on each line"
            self.complain("E704", node.mark, "there is no space after the dash", fix)
            return ()
        fix = "write one a line, each after a dash and a space"
        self.complain("E704", node.mark if node else self.start, f"{what} must be a list", fix)
        return ()
