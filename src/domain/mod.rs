//! Nouns: person, group, attribute, assignment, roles, connection, ids.
