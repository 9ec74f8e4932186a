"""Where Twilio's REST API is: the configured origin, and with the real one its region and edge. Pure."""

from __future__ import annotations

from urllib.parse import urlsplit

TWILIO_API = "https://api.twilio.com"

Origin = tuple[str, str, int]
"""Scheme, host and port."""

_PORTS = {"http": 80, "https": 443}


def origin_of(url: str) -> Origin | None:
    """None where the URL is not plain http(s), or carries a user name (which hides the real host)."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not parts.hostname or "@" in parts.netloc or "\\" in url:
        return None
    return parts.scheme, parts.hostname.lower(), port or _PORTS[parts.scheme]


def is_twilio(api_base: str) -> bool:
    return origin_of(api_base) == origin_of(TWILIO_API)


def allowed_origins(api_base: str, region: str = "", edge: str = "") -> frozenset[Origin]:
    """The only origins that recordings are fetched from: the configured one, and with Twilio's own API also its
    hosts for the configured region and edge (https://www.twilio.com/docs/global-infrastructure/understanding-twilio-regions)."""
    urls = [api_base]
    if is_twilio(api_base) and (region or edge):
        in_region = region or "us1"
        urls.append(f"https://api.{in_region}.twilio.com")
        if edge:
            urls.append(f"https://api.{edge}.{in_region}.twilio.com")
    return frozenset(origin for origin in map(origin_of, urls) if origin is not None)
