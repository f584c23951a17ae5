"""What it takes to fetch a page with nothing in the cache, compressed as it comes."""


class Weight:
    """Counts what a page fetches; images are not counted in bytes, but each is a request."""

    def __init__(self, page):
        self.kinds, self.bytes = {}, {}
        session = page.context.new_cdp_session(page)
        session.on("Network.requestWillBeSent", self._sent)
        session.on("Network.loadingFinished", self._finished)
        session.send("Network.enable")
        session.send("Network.setCacheDisabled", {"cacheDisabled": True})

    def _sent(self, event):
        if not event["request"]["url"].startswith("data:"):
            self.kinds[event["requestId"]] = event.get("type", "Other")

    def _finished(self, event):
        self.bytes[event["requestId"]] = event["encodedDataLength"]

    def begin(self):
        self.kinds.clear()
        self.bytes.clear()

    @property
    def requests(self):
        return len(self.kinds)

    @property
    def all(self):
        return sum(size for key, size in self.bytes.items() if self.kinds.get(key) != "Image")

    @property
    def html(self):
        return sum(size for key, size in self.bytes.items() if self.kinds.get(key) == "Document")
