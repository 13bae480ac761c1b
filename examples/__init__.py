"""What one can do with the package: data to try it on, a service, and recipes."""
