"""Feed documents to entries: RSS, RDF, Atom, JSON Feed and Google News sitemaps. No network."""
