"""Steps of the classifier: each knows the document, none knows another."""
