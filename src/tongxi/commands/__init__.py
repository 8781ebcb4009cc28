"""The commands of `tongxi`, one file each; the table is in `cli`."""
