"""What customers want: intents learnt from examples, with probabilities and an out-of-scope score."""

from tongxi.intents.model import Guess, IntentModel, Reading

__all__ = ["Guess", "IntentModel", "Reading"]
