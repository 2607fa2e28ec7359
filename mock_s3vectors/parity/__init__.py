"""Facts of the service, asked through a client: of AWS, of a server, or of the mock itself.

Nothing else of the package reads what is in here, nor what a run finds out.
"""
