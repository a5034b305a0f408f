"""The cabinet: one window with the kiosk's glass and the fronts of its simulated devices."""
