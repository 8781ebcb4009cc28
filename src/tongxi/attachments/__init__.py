"""Files people send: what may come in, where it is kept, who may read it.

`kinds` type by content (pure) · `names` file names (pure) · `packages` DOCX and XLSX (pure) · `gif` and `pictures`
cleaning of images (pure) · `videos` frame size of films (pure) · `links` signed addresses (pure) · `storage` the
folder · `service` store, attach, read · `media` files that stand in articles.
"""
