"""Load and yardstick: what the product does on this machine, next to the least a server can do there."""
