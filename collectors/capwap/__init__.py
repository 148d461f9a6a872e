"""CAPWAP (RFC 5415, RFC 5416): octets to messages (sans-IO), one careful question to a controller, captures."""
