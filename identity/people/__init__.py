"""Who joins, moves and leaves, by the college's own data, and how is nobody locked out by a bad file?

`source` reads what other offices export and says how far it is to be believed; `match` finds who is who; `plan`
(pure) says what would be done and whether that is too much at once; `apply` does it and writes first what it will
do. Whoever leaves is suspended, after a grace archived, and never deleted.
"""
