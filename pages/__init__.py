"""One file a page, each a short story: read ids from the link, ask operations for a view, draw it with ui."""
