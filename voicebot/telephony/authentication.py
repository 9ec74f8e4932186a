"""How each route of the web application knows who is calling: every view declares it, even "none"."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, TypeVar

from flask import Flask

View = TypeVar("View", bound=Callable[..., Any])
How = Literal["none", "twilio", "twilio-socket", "phone-key", "phone-token"]

_MARK = "authenticated_by"


def authenticated(how: How) -> Callable[[View], View]:
    """Declare how requests to a view are authenticated. It only marks; the blueprint that owns the view enforces it."""

    def mark(view: View) -> View:
        setattr(view, _MARK, how)
        return view

    return mark


def authentication_of(view: object) -> How | None:
    """What the view declares; None where it declares nothing."""
    how: How | None = getattr(view, _MARK, None)
    return how


def declared(app: Flask) -> dict[str, How | None]:
    """Each route of the application (`METHODS rule`) and what its view declares, for the test that walks them all."""
    return {
        f"{','.join(sorted((rule.methods or set()) - {'HEAD', 'OPTIONS'}))} {rule.rule}": authentication_of(
            app.view_functions[rule.endpoint]
        )
        for rule in app.url_map.iter_rules()
    }
