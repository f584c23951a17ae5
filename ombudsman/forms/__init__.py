"""What may be typed about the caseload."""
