"""Answering with a promised error rate: thresholds tested on audited answers, watched afterwards, withdrawn in time.

`bounds` and `monitor` are the mathematics, `plan` what is fixed before any label and the test of it, `agreement` the
raters, `versions` what a certificate is bound to, `service` the use cases, `standing` what the bot asks of it. Method
and limits: docs/explanation/promised-error-rate.md.
"""
