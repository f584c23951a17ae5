"""What may be typed about a project, a form per record and section."""
