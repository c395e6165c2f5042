import AWSWire
import Foundation
import TestSupport
import Testing

@testable import AWSClient

/// Whom a denied or redirected call sends the user to.
struct DenialTests {
  private static let action = "allow the IAM action bedrock:InvokeModel"

  /// Messages of docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html, model-access.html, and of issues
  /// in public repositories.
  @Test(
    arguments: [
      ("You don't have access to the model with the specified model ID.", "request access to this model"),
      ("Access to this model is not available for channel program accounts.", "request access to this model"),
      ("Model access is denied due to INVALID_PAYMENT_INSTRUMENT:A valid payment instrument must be provided.", "request access"),
      (
        "Model access is denied due to IAM user or service role is not authorized to perform the required AWS Marketplace actions (aws-marketplace:ViewSubscriptions, aws-marketplace:Subscribe) to enable access to this model.",
        "subscribe to this model in AWS Marketplace"
      ),
      ("Your account is not authorized to invoke this API operation.", "denied to the account"),
      (
        "User: arn:aws:iam::123456789012:user/x is not authorized to perform: bedrock:InvokeModel on resource: arn:aws:bedrock:us-east-1::foundation-model/a.b because no identity-based policy allows the bedrock:InvokeModel action",
        action
      ),
      (
        "User: arn:aws:sts::123456789012:assumed-role/r/x is not authorized to perform: bedrock:InvokeModel on resource: arn:aws:bedrock:us-east-1::foundation-model/a.b with an explicit deny in a service control policy",
        "a policy denies the IAM action bedrock:InvokeModel"
      ),
      ("no", action), ("", action),
    ])
  func aDenialSaysWhoCanLiftIt(message: String, hint: String) {
    let text = AWSClient.denial(message, action: "bedrock:InvokeModel", region: "us-east-1")
    #expect(text.contains(hint) && text.contains("us-east-1"))
    #expect(hint == Self.action || !text.contains("allow the IAM action"))
  }

  private func redirection(_ status: Int, _ location: String?) async throws -> AWSClientError {
    let headers = location.map { ["location": $0] } ?? [:]
    let transport = ScriptedTransport([.reply(status: status, headers: headers, body: "")])
    let client = AWSClient(configuration: try TestEmulator.configuration(url: "http://127.0.0.1:1"), transport: transport)
    return try #require(
      await #expect(throws: AWSClientError.self) {
        _ = try await client.callOnce(BedrockRuntimeAPI.converse("a.b", body: Data("{}".utf8)))
      })
  }

  @Test(
    arguments: [
      (302, "https://login.example.com/sso?token=secret", "login.example.com"),
      (301, "https://user:secret@portal.example.com:8443/x", "portal.example.com:8443"), (307, "/secret", "another address"),
      (308, nil, "another address"), (302, "http://127.0.0.1:1/secret", "another address"),
      (303, "https://evil\u{1B}[31m.example/secret", "another address"),
    ] as [(Int, String?, String)])
  func aRedirectionIsNamed(status: Int, location: String?, target: String) async throws {
    let error = try await redirection(status, location)
    #expect(
      error.message.contains("127.0.0.1:1 redirects to \(target) (HTTP \(status))")
        && error.message.contains("Check the endpoint"))
    #expect(!error.message.contains("secret") && !error.message.contains("Unknown"))
    #expect(error.parameters == ["endpointURL"])
  }
}
