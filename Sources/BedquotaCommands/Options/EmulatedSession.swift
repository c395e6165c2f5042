import AWSClient
import AWSWire
import Bedquota
import BedrockEmulator
import Logging

/// A session with an emulator inside this process, which lives as long as the work.
enum EmulatedSession {
  static func with<Result: Sendable>(
    _ accounts: [EmulatedAccount], behaviour: Emulator.Behaviour, clock: EmulatorClock = .running(), region: String,
    timeout: Duration? = nil, logger: Logger? = nil,
    _ body: @escaping @Sendable (BedquotaSession, Emulator) async throws -> Result
  ) async throws -> Result {
    let key = EmulatorServer.defaultKey
    let emulator = try Emulator(accounts: accounts, access: .credentials([key: key]), behaviour: behaviour, clock: clock)
    // The server's log is dropped, because its replies contain all that concerns the user.
    let silent = Logger(label: "bedquota.emulator") { _ in SwiftLogNoOpLogHandler() }
    return try await EmulatorServer(emulator: emulator, logger: silent).serve { url in
      try await with(server: url, region: region, timeout: timeout, logger: logger) { try await body($0, emulator) }
    }
  }

  /// A session with a server of this process that takes the emulator's key.
  static func with<Result: Sendable>(
    server url: String, region: String, timeout: Duration? = nil, logger: Logger? = nil,
    _ body: @escaping @Sendable (BedquotaSession) async throws -> Result
  ) async throws -> Result {
    let key = EmulatorServer.defaultKey
    let options = AWSConfiguration.Options(
      region: region, endpointURL: url,
      credentials: StaticCredentialProvider(Credentials(accessKeyID: key, secretAccessKey: key)), timeout: timeout)
    // The user's own AWS files must not matter here; they may be broken.
    let nowhere = ["AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null"]
    return try await BedquotaSession.with(try AWSConfiguration(options, environment: nowhere), logger: logger, body)
  }
}
