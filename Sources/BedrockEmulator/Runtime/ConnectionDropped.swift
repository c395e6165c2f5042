import AWSWire

/// A fault wants the connection closed without a word.
struct ConnectionDropped: Error {}
