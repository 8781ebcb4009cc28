"""One base of articles for bot and agents: written or imported, versioned, published, searched."""
