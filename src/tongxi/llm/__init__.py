"""Language models, optional: whoever needs one asks `Models` by purpose and copes with a refusal."""
