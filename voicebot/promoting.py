"""How a model becomes the one that answers callers: judged, promoted, taken back, each time with who and why.

The language model's libraries take seconds to import, so they are imported where a model is read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voicebot.config import Settings
from voicebot.errors import ContentError, ModelError, WeightsError
from voicebot.publishing import account, tables
from voicebot.routing.loader import load_table
from voicebot.routing.table import Table
from voicebot.storage.publications import Publication, PublicationKind, Publications, version_before
from voicebot.storage.published import Published
from voicebot.storage.redaction import redact

if TYPE_CHECKING:
    from voicebot.nlu.catalogue import Listed
    from voicebot.nlu.comparison import Comparison, Tried
    from voicebot.nlu.corpus import Utterance
    from voicebot.nlu.manifest import ModelInfo
    from voicebot.nlu.promotion import Broken
    from voicebot.nlu.registry import Model

Progress = Callable[[str], None]

LIVE = "live"


@dataclass(frozen=True, slots=True)
class Trial:
    """A model judged for promotion. `live` is the one that it would replace, and `broken` every reason against that.
    `comparison` is None where there is no live model, or where it cannot be loaded any more; `notes` say so."""

    candidate: ModelInfo
    live: str | None
    tried: Tried
    comparison: Comparison | None
    broken: tuple[Broken, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Described:
    """A model as it is listed. `state`: live, before (a rollback's aim), what is wrong with it, or "" for a candidate.
    `info` is None where its manifest cannot be read."""

    hash: str
    info: ModelInfo | None
    state: str


class Office:
    """Where models are judged, promoted and taken back. Every method raises `ModelError`, `StorageError`,
    `ContentError` or `WeightsError`; what is live is then as it was."""

    def __init__(self, settings: Settings, store: Published, promotions: Publications) -> None:
        self._settings = settings
        self._store = store
        self._promotions = promotions
        self._models = settings.models

    def live(self) -> str | None:
        return self._promotions.live()

    def history(self) -> tuple[Publication, ...]:
        """Oldest first."""
        return self._promotions.history()

    def find(self, beginning: str) -> str:
        """The one model whose hash begins so; `live` is the live one, for no hash has an l."""
        from voicebot.nlu.catalogue import find_model

        if beginning != LIVE:
            return find_model(self._models, beginning)
        live = self.live()
        if live is None:
            raise ModelError(f"no model is live yet: nothing was published to this database. {self._instead()}")
        return find_model(self._models, live)

    def _instead(self) -> str:
        """What to do where no model is live."""
        from voicebot.nlu.manifest import current_hash

        current = current_hash(self._models)
        if current is None:
            return "There is no model to publish either: run `voicebot train`, then `voicebot publish`."
        return f"Name the model in its place ({current} is the current one), or make it live with `voicebot publish`."

    def all(self) -> tuple[Described, ...]:
        """Every model that is here, the newest last."""
        from voicebot.nlu.catalogue import all_models

        return tuple(self._described(each) for each in all_models(self._models))

    def described(self, name: str) -> Described:
        return next(each for each in self.all() if each.hash == name)

    def _described(self, listed: Listed) -> Described:
        from voicebot.nlu.manifest import current_hash, why_not

        live = self.live()
        named = {
            "live": live,
            "before": version_before(self.history()),
            "current, but not live": current_hash(self._models) if live != current_hash(self._models) else None,
        }
        state = [what for what, name in named.items() if name == listed.hash]
        trouble = listed.trouble or why_not(self._models, listed.hash, self._settings.weights)
        return Described(listed.hash, listed.info, "; ".join([*state, *([trouble] if trouble else [])]))

    def compare(self, first: str, second: str, folder: Path, progress: Progress) -> Comparison:
        """Two models on the held-out utterances of `folder`, at the thresholds that are in force."""
        from voicebot.nlu.comparison import compare

        utterances = self._utterances(folder)
        tried = [self._try(self._load(name), utterances, progress) for name in (first, second)]
        return compare(*tried)

    def judge(self, name: str, folder: Path, progress: Progress) -> Trial:
        """The model on the held-out utterances of `folder`, against the floors and against the live model."""
        from voicebot.nlu.comparison import compare
        from voicebot.nlu.promotion import broken_floors, worse_than_live

        utterances = self._utterances(folder)
        model = self._load(name)
        tried = self._try(model, utterances, progress)
        broken, notes, comparison = broken_floors(tried), self._notes(model), None
        live = self.live()
        if live is not None and live != name:
            try:
                comparison = compare(self._try(self._load(live), utterances, progress), tried)
                broken += worse_than_live(comparison)
            except (ModelError, WeightsError) as error:
                notes.append(f"Not compared with the live model, which cannot be loaded: {error.message}")
        return Trial(model.info, live, tried, comparison, broken, tuple(notes))

    def promote(self, trial: Trial, why: str) -> Publication:
        """Make the model of a trial live, below the floors as well: whoever calls this has seen what is broken."""
        from voicebot.nlu.manifest import headline

        figures: dict[str, Any] = headline({"held_out": trial.tried.report})["held_out"]
        if trial.broken:
            figures["broken"] = [str(each) for each in trial.broken]
        return self._make_live("promotion", trial.candidate.hash, trial.live, why, bool(trial.broken), figures)

    def is_live(self, name: str) -> bool:
        """Whether there is nothing to promote. Then the file that names the current model is put right too, should it
        have fallen behind the database."""
        from voicebot.nlu.manifest import make_current

        if self.live() != name:
            return False
        make_current(self._models, name)
        return True

    def can_roll_back(self) -> bool:
        return version_before(self.history()) is not None

    def before(self) -> str:
        """The model that a rollback goes back to. Raises `ModelError` where there is none."""
        found = version_before(self.history())
        if found is None:
            raise ModelError(
                "there is no model to go back to: nothing was live before. `voicebot models list` shows those that can "
                "be promoted."
            )
        return found

    def roll_back(self, why: str) -> Publication:
        """Make the model before the live one live again. It is loaded first, but not judged: it was live before, and
        whoever goes back is in a hurry."""
        live, name = self.live(), self.before()
        self._load(name)
        return self._make_live("rollback", name, live, why, False, {})

    def _make_live(
        self, kind: PublicationKind, name: str, live: str | None, why: str, forced: bool, figures: dict[str, Any]
    ) -> Publication:
        """The database first, for it decides what is served. The files beside it are for people and for git."""
        from voicebot.nlu.catalogue import note_promotion
        from voicebot.nlu.manifest import make_current

        made = self._promotions.make_live(
            kind,
            name,
            instead_of=live,
            who=account(self._settings),
            why=redact(" ".join(why.split())),
            forced=forced,
            figures=figures,
        )
        try:
            make_current(self._models, name)
            note_promotion(self._models, {**asdict(made), "at": made.at.isoformat(timespec="seconds")})
        except ModelError as error:
            raise ModelError(f"The model {name} is live, but {error.message}") from error
        return made

    def _load(self, name: str) -> Model:
        from voicebot.nlu.registry import load_model

        return load_model(self._models, name, self._settings.weights)

    def _try(self, model: Model, utterances: list[Utterance], progress: Progress) -> Tried:
        """By the published routing table: callers live with its thresholds, whatever a model would choose."""
        from voicebot.nlu.at_work import live_by
        from voicebot.nlu.comparison import try_out

        progress(f"Trying {model.info.hash} on {len(utterances)} held-out utterances")
        table = self._table()
        return try_out(model.info.hash, model, utterances, lambda seen, chosen: live_by(table, seen, chosen))

    def _utterances(self, folder: Path) -> list[Utterance]:
        """Those of `folder` that nothing was trained on word for word, as in every report."""
        from voicebot.nlu.corpus import read_corpus, read_held_out
        from voicebot.nlu.evaluate import unlearnt

        if not folder.is_dir():
            raise ContentError(
                f"{folder}: there is no such folder. Models are judged by held-out utterances; name their folder with "
                "--utterances."
            )
        intents = self._settings.intents
        return unlearnt(read_held_out(folder), read_corpus(intents).texts() if intents.is_dir() else ())

    def _table(self) -> Table:
        if self._store.current_hash("table") is None:
            return load_table(self._settings.routing)
        return tables(self._store).current()

    def _notes(self, model: Model) -> list[str]:
        from voicebot.nlu.at_work import differing

        differ = [
            f"{name} {value['routing']} (chosen for the model: {value['model']})"
            for name, value in differing(self._table(), model.chosen).items()
        ]
        if not differ:
            return []
        return [f"Judged at the thresholds of the published routing table, which differ: {', '.join(differ)}"]
