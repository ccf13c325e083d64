"""An optional adviser: an endpoint's model that proposes, reads and words, and decides nothing.

It may ask for further plans, which are measured like any other; read an answer of the interview
that our own readers do not understand, which is read back for a yes; and answer questions about a
run through the same tools that answer them without it. It may judge pairs of texts, blind, where
somebody asked for that.
"""
