"""The table of measurements: rows and columns as pure values, a model, a view, and what lies about it."""
