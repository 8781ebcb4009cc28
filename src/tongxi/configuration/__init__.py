"""What the business sets: typed, checked when saved, versioned. What the machine needs to run is in `settings`."""

from tongxi.configuration.hours import BusinessHours
from tongxi.configuration.inbox import GuidedQuestion, InboxSettings, Locale, Localized, Persona

__all__ = ["BusinessHours", "GuidedQuestion", "InboxSettings", "Locale", "Localized", "Persona"]
