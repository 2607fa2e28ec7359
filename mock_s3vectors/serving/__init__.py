"""The mock as an HTTP server, for clients in other processes and languages."""
