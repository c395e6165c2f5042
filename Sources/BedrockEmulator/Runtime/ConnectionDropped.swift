/// Thrown by the fault `drop` to close the connection in the middle of a stream.
struct ConnectionDropped: Error {}
