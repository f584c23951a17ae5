"""Networks and groups, who sits in them, and their meetings."""

from networks.models.meeting import Attendance, Meeting
from networks.models.membership import Membership
from networks.models.network import Network, NetworkCounty, Phase

__all__ = ["Attendance", "Meeting", "Membership", "Network", "NetworkCounty", "Phase"]
