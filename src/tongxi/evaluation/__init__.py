"""`tongxi eval`: the product's own engines on files of labelled rows, without a database or a server."""
