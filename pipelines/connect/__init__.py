"""How a company is reached: keys, tokens, sign-in, and a client for it."""
