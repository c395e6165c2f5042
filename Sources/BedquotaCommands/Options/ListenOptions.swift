import ArgumentParser

/// Where a server of pages listens.
struct ListenOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The port; 0 picks a free one. (default: 9464 for exporter, 8080 for serve)", valueName: "n"))
  var port: Int?

  @Option(help: ArgumentHelp("The address to listen on.", valueName: "host"))
  var host = "127.0.0.1"

  func validate() throws {
    if let port, !(0...65_535).contains(port) { throw ValidationError("--port takes 0 to 65535.") }
  }
}
