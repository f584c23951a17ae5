"""Fetching what a request is about to change."""


def locked(request, rows):
    """The rows as they are for looking at; for changing, locked until the transaction ends."""
    return rows.select_for_update(of=("self",)) if request.method == "POST" else rows
