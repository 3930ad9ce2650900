"""The rules of business that the root office keeps: categories, switches of the installation."""
