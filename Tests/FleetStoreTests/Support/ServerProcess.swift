import FleetNetwork
import FleetStore
import Foundation
import Logging
import NIOCore
import NIOPosix

/// A Redis or Valkey server of a test's own on a free port of this machine; it ends with the value.
final class ServerProcess: Sendable {
  /// The programs that are found on this machine, by name.
  static let programs: [String: String] = {
    let environment = ProcessInfo.processInfo.environment
    var found: [String: String] = [:]
    for name in ["redis-server", "valkey-server"] {
      let variable = "BEDQUOTA_" + name.uppercased().replacing("-", with: "_")
      let folders = (environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(name)" }
      found[name] = (environment[variable].map { [$0] } ?? folders).first { FileManager.default.isExecutableFile(atPath: $0) }
    }
    return found
  }()

  /// Tests of one server use Redis where it is found.
  static let program = ["redis-server", "valkey-server"].first { programs[$0] != nil }
  static let isFound = program != nil

  let port: Int
  let folder: URL
  private let process = Process()

  /// - Parameters:
  ///   - arguments: of the program, besides the port, the address and "no snapshots".
  ///   - port: nil for a free one.
  init(_ arguments: [String] = [], program: String? = nil, port: Int? = nil, sentinel: String? = nil) throws {
    self.port = try port ?? Self.freePort()
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("fleet-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    guard let path = Self.programs[program ?? Self.program ?? ""] else { throw CocoaError(.fileNoSuchFile) }
    process.executableURL = URL(fileURLWithPath: path)
    var words = ["--port", "\(self.port)", "--bind", "127.0.0.1", "--dir", folder.path, "--loglevel", "warning"] + arguments
    if let sentinel {
      let file = folder.appendingPathComponent("sentinel.conf")
      try sentinel.write(to: file, atomically: true, encoding: .utf8)
      words = [file.path, "--sentinel"] + words
    } else {
      words += ["--save", ""]
    }
    process.arguments = words
    process.currentDirectoryURL = folder
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
  }

  deinit {
    stop()
    try? FileManager.default.removeItem(at: folder)
  }

  func stop() {
    guard process.isRunning else { return }
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  var url: String { "redis://127.0.0.1:\(port)" }

  static func freePort() throws -> Int {
    // A cluster's bus adds 10,000, and stays below the ports of outgoing connections.
    for port in (20_000...22_700).shuffled() {
      let channel = try? ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton).bind(host: "127.0.0.1", port: port).wait()
      guard let channel else { continue }
      try channel.close().wait()
      return port
    }
    throw CocoaError(.fileNoSuchFile)
  }

  /// A store on the server. Waits until the server answers.
  func store(_ url: String? = nil) async throws -> ValkeyFleetStore {
    let store = try ValkeyFleetStore(
      ValkeyAddress(url ?? self.url, from: .environment), logger: Logger(label: "test"), silenceMax: .ample)
    try await Self.until { () async throws(FleetStoreError) in
      _ = try await store.status(of: FleetScope("ready"), timeout: .ample)
    }
    return store
  }

  /// Tries until it succeeds, at most ``Duration/ample``. Failures other than lost operations end it at once.
  static func until<Value>(
    _ body: () async throws(FleetStoreError) -> Value
  ) async throws(FleetStoreError) -> Value {
    let end = ContinuousClock.now + .ample
    while true {
      do throws(FleetStoreError) {
        return try await body()
      } catch {
        guard error.isLost, ContinuousClock.now < end else { throw error }
      }
    }
  }
}

extension Duration {
  /// What nothing takes that works, however busy the machine is.
  static let ample = Duration.seconds(300)
}
