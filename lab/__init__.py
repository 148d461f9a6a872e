"""A software twin of a campus: one model, served as SNMP agents. Imported by campus.cli and tests only."""
