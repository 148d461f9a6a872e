"""SNMP: bytes to messages (sans-IO), sessions, fetching what a profile wants, reading it."""
