//! Arguments, headless commands, human and JSON output.
