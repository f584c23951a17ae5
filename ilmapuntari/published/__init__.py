"""What pages, files and documents show of a result: plain objects made of published figures alone (rule 6).

A `Reading` is one set of published figures, of a unit or a level, read with its version of the questionnaire.
A `TeamResult` is a unit's result in a round with all that stands around it: earlier rounds, comparison, questions.
Means are in tenths and turned, so that more is always better; `raw` is as answered.
"""

from ilmapuntari.published.agreed import Agreed, AgreedActions, statement_text
from ilmapuntari.published.loading import is_link_over, levels_above, team_result, unit_by_secret, unit_result
from ilmapuntari.published.reading import Figure, Level, Reading, Sheet, ThemeFigure, sheets
from ilmapuntari.published.result import PastResult, Point, Question, Row, TeamResult, Trend, general_questions
from ilmapuntari.published.words import SPREADS, STATES, answers_words, change_words, in_sentence, written

__all__ = [
    "SPREADS",
    "STATES",
    "Agreed",
    "AgreedActions",
    "Figure",
    "Level",
    "PastResult",
    "Point",
    "Question",
    "Reading",
    "Row",
    "Sheet",
    "TeamResult",
    "ThemeFigure",
    "Trend",
    "answers_words",
    "change_words",
    "general_questions",
    "in_sentence",
    "is_link_over",
    "levels_above",
    "sheets",
    "statement_text",
    "team_result",
    "unit_by_secret",
    "unit_result",
    "written",
]
