"""Dates as people write them."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class _Language:
    """The names of a language, and how dates are written in it.

    forms: with the fields of a date: d (3), dd (03), m, mm, yyyy, nth (3rd), month, mon, weekday, wd.
    """

    months: tuple[str, ...]
    short_months: tuple[str, ...]
    weekdays: tuple[str, ...]
    short_weekdays: tuple[str, ...]
    forms: tuple[str, ...]


_LANGUAGES = {
    "english": _Language(
        ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
         "December"),
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
        ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
        ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
        ("{d} {month} {yyyy}", "{month} {d}, {yyyy}", "{nth} of {month} {yyyy}", "{d} {mon} {yyyy}",
         "{mon} {d}, {yyyy}", "{weekday}, {month} {d}, {yyyy}", "{weekday} {d} {month} {yyyy}",
         "{wd}, {d} {mon} {yyyy}", "{dd}-{mon}-{yyyy}", "{m}/{d}/{yyyy}", "{mm}/{dd}/{yyyy}",
         "{month} the {nth}, {yyyy}", "{yyyy} {month} {d}"),
    ),
    "german": _Language(
        ("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November",
         "Dezember"),
        ("Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sep.", "Okt.", "Nov.", "Dez."),
        ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
        ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"),
        ("{d}. {month} {yyyy}", "{d}. {mon} {yyyy}", "{dd}.{mm}.{yyyy}", "{d}.{m}.{yyyy}",
         "{weekday}, {d}. {month} {yyyy}", "{weekday}, den {d}. {month} {yyyy}",
         "{wd}, {dd}.{mm}.{yyyy}", "{wd}, {d}. {mon} {yyyy}"),
    ),
    "french": _Language(
        ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
         "décembre"),
        ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."),
        ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
        ("lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim."),
        ("{d} {month} {yyyy}", "le {d} {month} {yyyy}", "{d} {mon} {yyyy}", "{weekday} {d} {month} {yyyy}",
         "{wd} {d} {mon} {yyyy}", "{dd}.{mm}.{yyyy}", "le {weekday} {d} {month} {yyyy}"),
    ),
    "spanish": _Language(
        ("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre",
         "diciembre"),
        ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"),
        ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
        ("lun", "mar", "mié", "jue", "vie", "sáb", "dom"),
        ("{d} de {month} de {yyyy}", "{d} {mon} {yyyy}", "{weekday}, {d} de {month} de {yyyy}", "{d} {month} {yyyy}",
         "el {d} de {month} de {yyyy}", "{wd} {d} {mon} {yyyy}", "{dd}.{mm}.{yyyy}"),
    ),
}  # fmt: skip
_CASES = (str, str, str.lower, str.upper)
"""As it is usual, twice as often as in small letters or in capitals."""


def written_dates(
    count: int, languages: Sequence[str], first_year: int, last_year: int, seed: int
) -> list[tuple[str, str]]:
    """So many pairs of a written date and its form of ISO 8601, no two of which are written alike."""
    draw = np.random.default_rng(seed)
    first = datetime.date(first_year, 1, 1).toordinal()
    last = datetime.date(last_year, 12, 31).toordinal()
    pairs: dict[str, str] = {}
    while len(pairs) < count:
        day = datetime.date.fromordinal(int(draw.integers(first, last + 1)))
        language = _LANGUAGES[languages[int(draw.integers(len(languages)))]]
        form = language.forms[int(draw.integers(len(language.forms)))]
        case = _CASES[int(draw.integers(len(_CASES)))]
        pairs.setdefault(case(form.format(**_fields(day, language))), day.isoformat())
    return list(pairs.items())


def _fields(day: datetime.date, language: _Language) -> dict[str, object]:
    month, weekday = day.month - 1, day.weekday()
    ending = "th" if 10 <= day.day % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(day.day % 10, "th")
    return {
        "d": day.day, "dd": f"{day.day:02}", "m": day.month, "mm": f"{day.month:02}", "yyyy": day.year,
        "nth": f"{day.day}{ending}", "month": language.months[month], "mon": language.short_months[month],
        "weekday": language.weekdays[weekday], "wd": language.short_weekdays[weekday],
    }  # fmt: skip
