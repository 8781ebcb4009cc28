"""The product as a process, hurt in every way, judged from outside by what its clients were told."""
