"""What people look at: pages that speak only to /api/v1."""
