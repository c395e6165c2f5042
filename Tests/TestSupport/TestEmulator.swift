package import AWSClient
import AWSWire
package import BedrockEmulator
import Foundation
import Logging

/// An emulator on a free port of 127.0.0.1, and a configuration that calls it.
package enum TestEmulator {
  package static func with<Output: Sendable>(
    _ accounts: [EmulatedAccount], secret: String = "emulator",
    _ body: @escaping @Sendable (AWSConfiguration) async throws -> Output
  ) async throws -> Output {
    try await serving(accounts) { url, _ in
      try await body(try configuration(url: url, region: accounts[0].region, secret: secret))
    }
  }

  /// - Parameter body: gets the URL and the emulator itself.
  package static func serving<Output: Sendable>(
    _ accounts: [EmulatedAccount], behaviour: Emulator.Behaviour = .init(), clock: EmulatorClock = .running(),
    _ body: @escaping @Sendable (String, Emulator) async throws -> Output
  ) async throws -> Output {
    let emulator = try Emulator(
      accounts: accounts, access: .credentials(["emulator": "emulator"]), behaviour: behaviour, clock: clock)
    let server = EmulatorServer(emulator: emulator, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    return try await server.serve { url in try await body(url, emulator) }
  }

  package static func configuration(url: String, region: String = "us-east-1", secret: String = "emulator") throws
    -> AWSConfiguration
  {
    try AWSConfiguration(
      .init(
        region: region, endpointURL: url,
        credentials: StaticCredentialProvider(Credentials(accessKeyID: "emulator", secretAccessKey: secret)),
        timeout: .seconds(30)),
      environment: ["AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null"])
  }
}
