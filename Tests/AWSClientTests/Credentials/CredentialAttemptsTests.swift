import AWSWire
import Foundation
import TestSupport
import Testing

@testable import AWSClient

struct CredentialAttemptsTests {
  private let request = AWSHTTPRequest.unsigned("/x", at: Endpoint(scheme: "https", authority: "portal.test", basePath: ""))

  @Test(arguments: [1, 2, 5]) func theConfigurationSaysHowOftenAServiceIsAsked(attempts: Int) async throws {
    let script = try CredentialScript(Array(repeating: CredentialScript.unreachable, count: 10))
    var asking = script.attempts
    asking.serviceAttempts = attempts
    let error = try await #require(throws: AWSClientError.self) { _ = try await asking.service("IAM Identity Center", request) }
    #expect(error.code == .transport && script.requests.count == attempts)
  }

  @Test func theLimitOfAnAttemptIsTheUsersUnlessItIsLong() async throws {
    for (limit, used) in [(Duration.seconds(2), Duration.seconds(2)), (.seconds(60), .seconds(10))] {
      let asking = CredentialAttempts(
        http: CredentialHTTP { _, timeout in
          #expect(timeout == used)
          throw AWSClientError(.timeout, "")
        }, serviceAttempts: 1, serviceTimeout: limit)
      await #expect(throws: AWSClientError.self) { _ = try await asking.service("IAM Identity Center", request) }
    }
  }

  /// A network that wants its user to sign in answers in everybody's place.
  @Test(arguments: [(302, ""), (307, "{}"), (200, "<!DOCTYPE html><p>Welcome"), (403, " <html>Blocked")])
  func aPageOrARedirectionIsNoAnswer(status: Int, body: String) async throws {
    let script = try CredentialScript([.reply(status: status, body: body)])
    let error = try await #require(throws: AWSClientError.self) {
      _ = try await script.attempts.service("IAM Identity Center", request)
    }
    #expect(error.code == .transport && error.delivery == .unsent)
    #expect(error.message.hasPrefix("Something other than IAM Identity Center answered at portal.test (HTTP \(status))"))
  }
}
