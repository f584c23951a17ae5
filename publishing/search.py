"""Finding words in Finnish: stems by the database's dictionary, compounds and typing errors by trigrams."""

import html
import re
from difflib import SequenceMatcher

from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchRank, SearchVector, SearchVectorField
from django.db import models
from django.db.models import Case, ExpressionWrapper, F, Func, Q, TextField, Value, When
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThanOrEqual
from django.utils.safestring import mark_safe

CONFIG = "finnish"
# Below this similarity a word is another word. Tried on the names of networks: "kriisytö" finds "kriisityö",
# "lastensuojeln" finds "lastensuojelun", "perhehoito" finds nothing.
ALIKE = 0.5
START, STOP = "\ue000", "\ue001"  # marks of a hit that no text of ours contains


class PlainText(Func):
    """The text of a prose column without its tags."""

    function = "regexp_replace"
    template = "regexp_replace(coalesce(%(expressions)s, ''), '<[^>]+>', ' ', 'g')"
    output_field = TextField()


def search_field(*, a, b=(), prose=()):
    """A stored, always current column of search terms: `a` weighs most, then `b`, then the text of `prose` columns."""
    vector = SearchVector(*a, config=CONFIG, weight="A")
    if b:
        vector += SearchVector(*b, config=CONFIG, weight="B")
    if prose:
        vector += SearchVector(*[PlainText(F(name)) for name in prose], config=CONFIG, weight="C")
    return models.GeneratedField(
        expression=vector, output_field=SearchVectorField(), db_persist=True, editable=False, null=True
    )


class WordSimilarity(Func):
    """How alike the query is to the best-matching stretch of the text, 0 to 1."""

    function = "word_similarity"
    output_field = models.FloatField()


class HoldsTerms(Func):
    """Whether the dictionary leaves anything of the words; of "ja" and "että" it leaves nothing."""

    template = f"(numnode(plainto_tsquery('{CONFIG}', %(expressions)s)) > 0)"
    output_field = models.BooleanField()


def words_of(text):
    """The words of what somebody typed, at most eight and without signs that mean something to the database."""
    # The database takes no term of more than 2,046 bytes, and nobody types a word of more than 60 letters.
    return [word[:60] for word in re.findall(r"[^\W_]+", text[:1000].replace("\x00", " ").lower())[:8]]


# The last consonants of a word have a strong and a weak grade: perhehoito, perhehoidon. The dictionary does not know.
GRADES = [
    ("nk", "ng"), ("nt", "nn"), ("lt", "ll"), ("rt", "rr"), ("mp", "mm"), ("kk", "k"), ("pp", "p"), ("tt", "t"),
    ("t", "d"), ("p", "v"),
]  # fmt: skip


def other_grades(word):
    """The beginnings that the word may have in its other grade: "perhehoito" -> "perhehoid"; often none."""
    found = re.fullmatch(r"(.*[aeiouyäö])([^aeiouyäö]{1,2})[aeiouyäö]{1,2}n?", word)
    if not found or len(word) < 5:
        return []
    stem, consonants = found.groups()
    # Before "t", "p" or "v" alone another consonant may stand: "tähdet" is "tähti".
    parts = [("", consonants), *([(consonants[0], consonants[1])] if consonants[0] in "hlr" and consonants[1:] else [])]
    return [
        stem + before + other
        for before, held in parts
        for pair in GRADES
        for one, other in (pair, pair[::-1])
        if held == one
    ]


def word_query(word):
    """The word as a stem, as the beginning of a word, or in its other grade."""
    query = SearchQuery(word, config=CONFIG) | SearchQuery(f"{word}:*", config="simple", search_type="raw")
    if len(word) > 5:
        # The dictionary gives stems of beginnings as well: "sosiaali" meets "sosiaalityön". Short stems meet too much.
        query |= SearchQuery(f"{word}:*", config=CONFIG, search_type="raw")
    for other in other_grades(word):
        query |= SearchQuery(f"{other}:*", config="simple", search_type="raw")
    return query


def prefix_query(words):
    """Any of the words, for ranking and for marking hits; None when nothing was typed."""
    query = None
    for word in words:
        query = word_query(word) if query is None else query | word_query(word)
    return query


def holds(word, *, column, title):
    """The condition that a row holds the word: in its terms, or inside the title, as in "aikuissosiaalityö".

    A word that says nothing, as "ja", is not asked for.
    """
    return Q(**{column: word_query(word)}) | Q(**{f"{title}__icontains": word}) | ~Q(HoldsTerms(Value(word)))


def matching(queryset, text, *, column="search", title="name"):
    """The rows that hold every word, or whose title is nearly what was typed; each with `is_exact` and `rank`.

    All rows when nothing was typed, none when the words say nothing.
    """
    words = words_of(text)
    if not words:
        return queryset.annotate(
            is_exact=Value(not text.strip(), output_field=models.BooleanField()),
            rank=Value(0.0, output_field=models.FloatField()),
        ).filter(is_exact=True)
    typed = " ".join(words)
    exact, alike = Q(), Q()
    for word in words:
        exact &= holds(word, column=column, title=title)
        # Under five letters everything is alike.
        near = Q(GreaterThanOrEqual(WordSimilarity(Value(word), F(title)), ALIKE)) if len(word) > 4 else Q()
        alike &= near | holds(word, column=column, title=title)
    return (
        queryset.filter(HoldsTerms(Value(typed)))
        .annotate(is_exact=ExpressionWrapper(exact, output_field=models.BooleanField()))
        .filter(Q(is_exact=True) | alike)
        .annotate(
            rank=ExpressionWrapper(
                Coalesce(SearchRank(F(column), prefix_query(words)), Value(0.0))
                + WordSimilarity(Value(typed), F(title))
                + Case(When(is_exact=True, then=Value(1.0)), default=Value(0.0)),
                output_field=models.FloatField(),
            )
        )
    )


def headline(expression, text):
    """An expression for a short extract with the hits marked; show it with `marked`."""
    return SearchHeadline(
        expression,
        prefix_query(words_of(text)) or SearchQuery(""),
        config=CONFIG,
        start_sel=START,
        stop_sel=STOP,
        max_words=28,
        min_words=12,
        max_fragments=1,
    )


def marked(extract):
    """The extract as HTML: everything escaped, the hits in <mark>."""
    return mark_safe(html.escape(extract or "").replace(START, "<mark>").replace(STOP, "</mark>"))


def mark_words(text, query):
    """Plain text as HTML, marked where a typed word stands, alone, inside a compound or spelt nearly so."""
    words = [word for word in words_of(query) if len(word) > 2]
    if words:
        text = re.sub(r"[^\W_]+", lambda hit: mark_word(hit.group(), words), text)
    return marked(text)


def mark_word(word, typed):
    """One word of a text, marked where it holds a typed one; the whole of it where it is only alike."""
    small = word.lower()
    for part in sorted(typed, key=len, reverse=True):
        start = small.find(part)
        if start >= 0 and len(small) == len(word):
            return f"{word[:start]}{START}{word[start : start + len(part)]}{STOP}{word[start + len(part) :]}"
    if any(len(part) > 4 and SequenceMatcher(None, part, small).ratio() >= 0.75 for part in typed):
        return f"{START}{word}{STOP}"
    return word
