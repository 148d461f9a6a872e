"""Is the Keycloak realm as our file says, and if not, what exactly would change?

One YAML file says what the realm should be. `live` reads what it is, in the file's own words; `plan` compares the two
(pure, sealed by a hash); `apply` carries a plan out if nothing moved since. What the file does not name stays
untouched; a list that stands in the file is whole; only what we created is ever removed.
"""
