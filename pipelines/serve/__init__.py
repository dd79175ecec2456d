"""`quickduck serve`, between nights: webhooks in, sign-in in the browser, the published file read over HTTP."""
