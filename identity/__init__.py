"""Who may do what: Keycloak realm as code, people life cycle, sign-on bridges, token checking."""
