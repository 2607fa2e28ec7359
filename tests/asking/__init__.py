"""How facts are asked of a service: bounds, cleaning up whatever happens, reports, the command."""
