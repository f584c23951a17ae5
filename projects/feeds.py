"""stand-in"""


def projects_feed(request, projects, *, name, address=None):
    raise NotImplementedError
