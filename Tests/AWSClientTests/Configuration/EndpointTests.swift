import AWSWire
import Foundation
import HTTPTypes
import TestSupport
import Testing

@testable import AWSClient

/// Where a Bedrock API key may go: whoever reads it can use it.
struct EndpointTests {
  @Test(arguments: [
    ("http://127.0.0.1:8080", true), ("http://127.9.9.9", true), ("http://localhost:1", true), ("http://[::1]:1", true),
    ("http://a.localhost", true), ("http://127.0.0.1.example.com", false), ("http://10.0.0.1", false),
    ("http://localhost.example.com", false), ("http://[::2]:1", false),
  ])
  func loopback(url: String, isLoopback: Bool) throws {
    #expect(try Endpoint(url, from: "a test").isLoopback == isLoopback)
  }

  @Test(arguments: [
    "https://user:sesame@a.test", "https://sesame@a.test", "https://a.test/?token=sesame", "https://a.test/#sesame",
  ])
  func whatMayBeAPasswordIsNotRepeated(url: String) throws {
    let error = try #require(throws: AWSClientError.self) { try Endpoint(url, from: "AWS_ENDPOINT_URL") }
    #expect(!"\(error)".contains("sesame") && error.message.contains("in AWS_ENDPOINT_URL"))
  }

  @Test(arguments: [("http://10.0.0.1:1", false), ("https://10.0.0.1:1", true), ("http://127.0.0.1:1", true)])
  func aKeyIsNotSentInTheClear(url: String, isSent: Bool) async throws {
    let configuration = try AWSConfiguration(
      .init(region: "us-east-1", endpointURL: url), environment: ["AWS_BEARER_TOKEN_BEDROCK": "sesame", "HOME": "/nowhere"])
    let transport = ScriptedTransport([.reply(status: 200, body: "{}")])
    let client = AWSClient(configuration: configuration, transport: transport)
    var failure: (any Error)?
    do { _ = try await client.callOnce(BedrockRuntimeAPI.converse("x", body: Data())) } catch { failure = error }
    #expect((failure as? AWSClientError)?.code == (isSent ? nil : .configuration))
    #expect(transport.requests.count == (isSent ? 1 : 0))
  }

  /// bedrock-mantle has a host of its own; where all services share a URL, its paths tell it apart.
  @Test(arguments: [
    ([:], "https://bedrock-mantle.us-east-1.api.aws"),
    (["AWS_ENDPOINT_URL": "http://a.test/x/"], "http://a.test/x/bedrock-mantle"),
    (["AWS_ENDPOINT_URL": "http://a.test", "AWS_ENDPOINT_URL_BEDROCK_MANTLE": "http://b.test/y"], "http://b.test/y"),
    (["AWS_ENDPOINT_URL": "https://bedrock-mantle.us-east-1.api.aws"], "https://bedrock-mantle.us-east-1.api.aws"),
    (["AWS_USE_FIPS_ENDPOINT": "true"], "https://bedrock-mantle-fips.us-east-1.api.aws"),
  ])
  func whereMantleIs(variables: [String: String], url: String) throws {
    let environment = variables.merging(["HOME": "/nowhere"]) { one, _ in one }
    let configuration = try AWSConfiguration(.init(region: "us-east-1"), environment: environment)
    #expect(configuration.endpointURL(for: .bedrockMantle) == url)
  }

  @Test func anAPIKeyOpensMantle() async throws {
    let configuration = try AWSConfiguration(
      .init(region: "us-east-1", endpointURL: "http://127.0.0.1:1"),
      environment: ["AWS_BEARER_TOKEN_BEDROCK": "sesame", "HOME": "/nowhere"])
    let transport = ScriptedTransport([.reply(status: 200, body: "{}")])
    let call = BedrockRuntimeAPI.Compatible.responses.call(Data("{}".utf8), streamed: false, mantleBase: "/openai/v1")
    _ = try await AWSClient(configuration: configuration, transport: transport).callOnce(call)
    #expect(transport.requests.first?.head.headerFields[.authorization] == "Bearer sesame")
    #expect(transport.requests.first?.head.path == "/bedrock-mantle/openai/v1/responses")
  }
}
