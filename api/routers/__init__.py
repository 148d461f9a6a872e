"""One file per noun of the HTTP API."""
