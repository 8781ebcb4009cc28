"""Who gets whom: `policy` chooses, `waits` estimates (both pure), `service` enqueues, assigns and requeues."""
