"""Reports to keep and to print: one batch or one period of a model, as a page, as data, as tables."""
