"""Whether a POST comes from one of our own pages.

A child's forms carry no cookie, so nobody can act in a child's name; this only keeps another
page from sending words that the child did not mean to send (Fetch Metadata; RFC 6454).
"""

from django.http import HttpRequest

_USUAL_PORTS = {"http": ":80", "https": ":443"}


def is_foreign(request: HttpRequest) -> bool:
    """Whether another site's page sent this: its browser says so, or names an origin not ours.

    A browser that says neither, or `null`, is believed: old ones and private ones must get through.
    """
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        return True
    origin = request.headers.get("Origin", "null")
    if origin == "null":
        return False
    host = request.get_host().removesuffix(_USUAL_PORTS.get(request.scheme or "", ""))
    return origin.lower() != f"{request.scheme}://{host}".lower()
