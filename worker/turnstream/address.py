"""The server's URL, for each of the two libraries that read it."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit

from turnstream.errors import BadConfiguration
from turnstream.settings import SERVER_SCHEMES

#: Options of a URL that redis-py and kombu read alike, beside the database; of others kombu drops some in silence.
TLS_OPTIONS = frozenset({"ssl_ca_certs", "ssl_certfile", "ssl_keyfile", "ssl_cert_reqs", "ssl_check_hostname"})


def normalised(url: str) -> str:
    """The URL for redis-py: ``redis://``, ``rediss://`` or ``unix://``.

    Raises:
        BadConfiguration: it cannot be read, or has an option that redis-py and kombu do not read alike.

    """
    return _rewritten(url, "unix://{place}?db={database}")


def broker_url(url: str) -> str:
    """The URL for kombu: ``redis://``, ``rediss://`` or ``redis+socket://``.

    Raises:
        BadConfiguration: as for ``normalised``.

    """
    return _rewritten(url, "redis+socket://{place}?virtual_host={database}")


def _rewritten(url: str, socket_url: str) -> str:
    try:
        parts = urlsplit(url)
        options = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
        in_path = parts.path.strip("/") if parts.scheme != "redis+socket" else ""
        database = int(parts.fragment or options.pop("db", "") or options.pop("virtual_host", "") or in_path or 0)
        _ = parts.port
    except ValueError:
        # Neither chained nor quoted: what urllib complains about may be half of a password.
        raise BadConfiguration("server.url cannot be read: special characters in it must be %-encoded") from None
    unknown = set(options) - (TLS_OPTIONS if parts.scheme == "rediss" else set())
    if unknown or parts.scheme not in SERVER_SCHEMES:
        wrong = f"options that are not known: {', '.join(sorted(unknown))}" if unknown else "an unknown scheme"
        raise BadConfiguration(f"server.url has {wrong}")
    if parts.scheme == "redis+socket":
        return socket_url.format(place=parts.netloc + parts.path, database=database)
    scheme = "redis" if parts.scheme == "valkey" else parts.scheme
    return f"{scheme}://{parts.netloc}/{database}{_tls(options) if scheme == 'rediss' else ''}"


def _tls(options: dict[str, str]) -> str:
    # Without ssl_cert_reqs kombu takes any certificate; its spelling CERT_REQUIRED redis-py does not know.
    level = options.get("ssl_cert_reqs", "required").lower().removeprefix("cert_")
    return "?" + urlencode({**options, "ssl_cert_reqs": level})
