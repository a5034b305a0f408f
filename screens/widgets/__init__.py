"""The few widgets of which every page is made. Each has a spoken name, role and value."""
