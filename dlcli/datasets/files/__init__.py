"""Reading files of data, and fetching them, whatever they hold."""
