"""What is noticed in a customer's text. Each detector is pure, needs no model and shows the wording it saw."""
