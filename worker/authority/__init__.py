"""The only room that knows the authority: certificates by ACME (RFC 8555), with EFF's `acme`.

`place` is all that the router goes by; `files` is light, too, for the watch and the check-up. `client` and `identity`
load what is heavy, and are imported where there is something to be had: in a process that ends after it
(`python -m worker certificates`).
"""
