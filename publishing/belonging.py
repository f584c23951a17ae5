"""What rooms above tell on the page of a record: a network's page says which projects it steers.

A room on a lower floor knows nothing of those that stand on it. One that has something to say on another's page tells
it here, in the `ready` of its app:

    tells_on(Network, projects_of_network)      # (record, user) -> [{"term", "title", "url"}, …]

and the page prints what is told with `{% belonging record as others %}`. Whoever tells asks its own gate for what the
user may see.
"""

from collections import defaultdict

tellers = defaultdict(list)


def tells_on(model, teller):
    """From now on the pages of the model's records print what the teller returns for them."""
    if teller not in tellers[model]:
        tellers[model].append(teller)


def belonging_to(record, user):
    """What all rooms tell of the record to the user."""
    return [told for teller in tellers[type(record)] for told in teller(record, user)]
