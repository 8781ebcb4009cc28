"""Files people send: what may come in, where it is kept, who may read it.

`kinds` type by content (pure) · `names` file names (pure) · `packages` DOCX and XLSX (pure) · `gif` and `pictures`
cleaning of images (pure) · `links` signed addresses (pure) · `storage` the folder · `service` store, attach, read.
"""
