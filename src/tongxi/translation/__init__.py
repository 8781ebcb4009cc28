"""Both sides read their own language: messages are translated after they are delivered, the original always stays."""
