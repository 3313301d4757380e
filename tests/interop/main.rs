//! Independent servers.
