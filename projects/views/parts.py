"""The parts of one project: added, changed, moved, removed."""

from django.http import Http404


def part_create(request, **kwargs):
    raise Http404


def part_edit(request, **kwargs):
    raise Http404


def part_delete(request, **kwargs):
    raise Http404


def part_move(request, **kwargs):
    raise Http404


def deadline_done(request, **kwargs):
    raise Http404
