"""The web server: chat gateway, widget, demo page."""
