"""What goes wrong on request, how hard the service may be asked, and where the real one is in doubt."""
