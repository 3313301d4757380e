//! The protocol: resource, filter, patch, path, list, error, discovery.
