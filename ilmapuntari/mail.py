"""The letters of the Ilmapuntari, one function a letter.

A letter with a code holds only places for it; the queue `post` derives the code at the moment of sending.
"""

from letters import fillings


def open_round(round):
    """Open the round if its time has come, and write its invitations."""
    if round.open():
        write_due_letters(round)


def write_due_letters(round):
    """Invitations to whoever lacks one, and reminders whose time has come."""


def publish_round(round):
    """Publish the round if its time has come, and tell everybody who was invited, leaders and managers."""
    round.publish()


def filled(letter):
    """What the letter of an invitee holds only while it is sent."""
    return fillings.Filling()


fillings.register("ilmapuntari", filled)
