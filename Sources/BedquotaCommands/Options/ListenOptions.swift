import ArgumentParser

/// Where a server of pages listens.
struct ListenOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The port; 0 picks a free one. (default: 9464 for exporter, 8080 for serve)", valueName: "n"))
  var port: Int?

  @Option(help: ArgumentHelp("The address to listen on. (default: 127.0.0.1)", valueName: "host"))
  var host: String?

  func validate() throws {
    if let port, !(0...65_535).contains(port) { throw ValidationError("--port takes 0 to 65535.") }
    if host?.isEmpty == true { throw ValidationError("--host takes an address, such as 127.0.0.1.") }
  }

  var areGiven: Bool { port != nil || host != nil }

  /// Without the brackets in which a URL has an address of IPv6.
  var address: String {
    guard let host else { return "127.0.0.1" }
    return host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
  }
}
