import AWSWire

/// Thrown to close the connection without a reply, by the fault `drop`.
struct ConnectionDropped: Error {}
