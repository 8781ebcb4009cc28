"""What customers want: intents learnt from examples, with probabilities and an out-of-scope score."""

from tongxi.intents.live import Intents
from tongxi.intents.model import OUT, Guess, IntentModel, Reading

__all__ = ["OUT", "Guess", "IntentModel", "Intents", "Reading"]
