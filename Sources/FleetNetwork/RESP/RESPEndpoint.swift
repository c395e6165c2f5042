/// A server's address.
package struct RESPEndpoint: Sendable, Hashable, CustomStringConvertible {
  /// A name, or an address without brackets.
  package var host: String
  package var port: Int

  package init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
