"""
The API as a client sees it.
"""

from functools import partialmethod

import httpx

from tests.support.transport import BrokerTransport

API = "http://broker/api/v1"
ROOT = "http://broker"


class Http:
    """
    Paths are under /api/v1, unless they begin with `//`: those are from the root. `admin` is the admin's PAK.
    """

    def __init__(self, app, *, admin):
        self.admin = admin
        self._client = httpx.Client(transport=BrokerTransport(app))

    def ask(self, method, path, *, pak=None, headers=None, **body):
        url = ROOT + path[1:] if path.startswith("//") else API + path
        own = {"Authorization": f"Bearer {pak}"} if pak else {}
        return self._client.request(method, url, headers=own | (headers or {}), **body)

    get = partialmethod(ask, "GET")
    post = partialmethod(ask, "POST")
    put = partialmethod(ask, "PUT")
    patch = partialmethod(ask, "PATCH")
    delete = partialmethod(ask, "DELETE")
