"""Addresses of feeds and articles: whom to ask, and made comparable, for keys only, never to fetch."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

# What campaigns, mailings and click counters add to an address without changing the page.
# Sources: the lists of miniflux (reader/urlcleaner) and of Firefox's query stripping.
_TRACKING = re.compile(
    r"utm_.*|mtm_.*|pk_.*|piwik_.*|hsa_.*|at_(?:medium|campaign|custom\d|link.*|format|ptr.*|bbc.*)"
    r"|(?:fb|g|d|gb?ra|wbra|ms|y|ys|tw|tt|ir|rd|rb_|epi)cli(?:ck)?(?:d|id|kid)"
    r"|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|yclid|ysclid|twclid|ttclid|igshid|igsh"
    r"|mc_cid|mc_eid|mkt_tok|_hsenc|_hsmi|__hs.*|__s|vero_conv|vero_id|oly_anon_id|oly_enc_id"
    r"|wickedid|_openstat|s_cid|s_kwcid|ef_id|li_fat_id|sc_cid|cmpid|ncid|ocid|icid|cvid|ns_.*"
    r"|sr_share|smid|spm|share_token|xtor|traffic_source|guce_.*|soc_src|soc_trk|_ga|_gl|campaign_id",
    re.IGNORECASE,
)
_DEFAULT_PORTS = {"http": 80, "https": 443}


def canonical(url: str) -> str:
    """Return what two addresses of one page have in common; the address itself where it is broken.

    Scheme and host in lower case, no default port, no fragment, no tracking parameters; the other
    parameters stay as they are, in their order.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return url.strip()
    scheme = parts.scheme.lower()
    host = (parts.hostname or "").rstrip(".")
    if ":" in host:
        host = f"[{host}]"
    if port is not None and port != _DEFAULT_PORTS.get(scheme):
        host = f"{host}:{port}"
    return urlunsplit((scheme, host, parts.path or "/", _query(parts.query), "")).strip()


def host_of(url: str) -> str:
    """Return whom to ask for what is there, in lower case; empty where an address names nobody."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def without_scheme(url: str) -> str:
    """Return the canonical address without its scheme: a move to https is no other page."""
    return canonical(url).partition("://")[2] or url


def with_other_scheme(url: str) -> str | None:
    """Return the address as https where it is http, and the reverse; None where it is neither."""
    scheme, separator, rest = url.partition("://")
    other = {"http": "https", "https": "http"}.get(scheme.lower())
    return f"{other}{separator}{rest}" if other and separator else None


def _query(query: str) -> str:
    pairs = parse_qsl(query, keep_blank_values=True)
    kept = [pair for pair in pairs if not _TRACKING.fullmatch(pair[0])]
    return query if len(kept) == len(pairs) else urlencode(kept)
