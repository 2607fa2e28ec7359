"""Parts that several families of operations share."""
