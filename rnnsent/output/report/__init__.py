"""Reports as one HTML page: no script, no request to any host, pictures as SVG with a table beside each."""
