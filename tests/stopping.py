"""Stopping what runs at any of its statements, as a killed process would."""

from django.db import connection


class Stopped(Exception):
    pass


def stopped_at(number, run):
    """Run until the statement of the number, then stop as a killed process would. True when it came that far."""
    count = 0

    def stop(execute, sql, params, many, context):
        nonlocal count
        count += 1
        if count == number:
            raise Stopped
        return execute(sql, params, many, context)

    try:
        with connection.execute_wrapper(stop):
            run()
    except Stopped:
        return True
    return False


def after_a_stop_at_every_statement(make, run, state):
    """The end states after a stop at the first, second … statement and a second run: they should all be the same."""
    states = set()
    for number in range(1, 200):
        make()
        was_stopped = stopped_at(number, run)
        run()
        states.add(state())
        if not was_stopped:
            assert number > 3, "the work was over before anything could stop it"
            return states
    raise AssertionError("it never came to its end")
