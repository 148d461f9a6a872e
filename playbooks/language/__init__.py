"""The language of checks: closed operators over rows and tables of text. Pure."""
