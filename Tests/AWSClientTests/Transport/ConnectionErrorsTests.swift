import AWSWire
import AsyncHTTPClient
import Foundation
import Testing

@testable import AWSClient

/// The pool of connections says "the remote closed it" for a TLS that can't even begin.
struct ConnectionErrorsTests {
  private func explain(_ scheme: String, _ network: NetworkSettings) async throws -> AWSClientError {
    let destination = try Destination(scheme: scheme, authority: "sts.example", in: network)
    let error = await ConnectionErrors(network).explain(
      HTTPClientError.remoteConnectionClosed, destination, timeout: .seconds(1))
    return try #require(error as? AWSClientError)
  }

  @Test func certificatesThatCannotBeReadAreNoBrokenConnection() async throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "authorities-\(UUID()).pem")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".utf8).write(to: file)
    let network = try NetworkSettings(environment: ["AWS_CA_BUNDLE": file.path])
    let error = try await explain("https", network)
    #expect(error.code == .configuration && error.message.contains("holds a damaged certificate"))
    #expect(try await explain("http", network).code == .transport)
  }
}
