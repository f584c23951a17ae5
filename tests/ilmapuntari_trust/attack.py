"""Somebody with the whole database tries to tell whose each answer is.

The attacker holds more than the contract gives away: also the key of the boxes, and the order in which the answers
came, as dead rows or the write-ahead log may tell to whoever opens every version of a box. The key of the letters is
what is missing, and any row in which somebody's answering has left a trace would stand in its place.

Everything that the database tells of a person is a feature by which people can be put in order (numbers of rows, hidden
columns, moments, places of rows and of letters), and so is everything it tells of an answer. Every pair of features is
tried: the first person of the one order gives the first answer of the other. Which pair is best is learnt on half of
the teams, whose truth the attacker happens to know, and used on the other half.
"""

from collections import defaultdict

LEARNT = 0.5  # of the teams


def traces_of(copy, keys_of_people):
    """{person: {feature: value}} from every table with a row about exactly one of the people.

    `keys_of_people` is {text: person}: what names a person in a row, such as an address.
    """
    traces = defaultdict(dict)
    for table, rows in copy.rows.items():
        dead = line_pointers(copy, table)
        for row in rows:
            named = {
                keys_of_people[value] for value in row.values() if isinstance(value, str) and value in keys_of_people
            }
            if len(named) != 1:
                continue
            (person,) = named
            for column, value in row.items():
                traces[person][f"{table}.{column}"] = comparable(column, value)
            traces[person][f"{table} versions"] = dead.get(row["ctid"], 0)
    return traces


def line_pointers(copy, table):
    """{place of a living row: how many dead versions point to it}"""
    found = defaultdict(int)
    for item in copy.pages.get(table, []):
        if item["t_xmax"] not in (None, "0"):
            found[item["t_ctid"]] += 1
    return found


def comparable(column, value):
    """A value that can be put in order with others of its column."""
    if column == "ctid":
        page, line = value.strip("()").split(",")
        return (int(page), int(line))
    if column in ("xmin", "xmax"):
        return int(value)
    if isinstance(value, memoryview | bytes):
        return bytes(value).hex()
    return value if isinstance(value, int) and not isinstance(value, bool) else str(value)


def in_order(items, feature):
    """The names of the items ordered by a feature, None where it does not tell all of them apart."""
    values = {name: features.get(feature) for name, features in items.items()}
    if None in values.values() or len(set(values.values())) < len(values):
        return None
    return sorted(values, key=lambda name: (isinstance(values[name], str), values[name]))  # numbers, then words


def pairings(people, answers):
    """For one team: {(feature of people, feature of answers, direction): {person: answer}}."""
    found = {}
    features = {feature for traces in people.values() for feature in traces}
    orders = {feature: order for feature in features if (order := in_order(people, feature))}
    of_answers = {feature for traces in answers.values() for feature in traces}
    for feature in of_answers:
        order = in_order(answers, feature)
        if order is None:
            continue
        for of_people, names in orders.items():
            found[of_people, feature, "up"] = dict(zip(names, order, strict=False))
            found[of_people, feature, "down"] = dict(zip(names, reversed(order), strict=False))
    return found


def best_matching(teams):
    """(share of people whose answer was found in the unknown half, the pair of features that was used, pairs tried).

    `teams` is [(people, answers, truth)], truth {person: answer}.
    """
    known = round(len(teams) * LEARNT)
    score, tried = defaultdict(int), [pairings(people, answers) for people, answers, _truth in teams]
    for pairs, (_people, _answers, truth) in zip(tried[:known], teams, strict=False):
        for way, matched in pairs.items():
            score[way] += sum(truth.get(person) == answer for person, answer in matched.items())
    best = max(score, key=score.get)
    right = count = 0
    for pairs, (_people, _answers, truth) in zip(tried[known:], teams[known:], strict=True):
        matched = pairs.get(best, {})
        right += sum(matched.get(person) == answer for person, answer in truth.items())
        count += len(truth)
    return right / count, best, len(score)
