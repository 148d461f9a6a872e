"""Who may do what: Keycloak realm as code, applications, people life cycle, token checking."""
