"""The doors: each turns a client's request into an HttpRequest and the answer back."""
