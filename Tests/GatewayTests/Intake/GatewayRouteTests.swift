import AWSServer
import AWSWire
import Bedquota
import Gateway
import Testing

@Suite struct GatewayRouteTests {
  private func invocation(_ target: String, signingName: String? = nil) throws -> GatewayRoute.Invocation? {
    guard case .invocation(let found) = try GatewayRoute(method: "POST", target: target, signingName: signingName) else {
      return nil
    }
    return found
  }

  @Test(arguments: [
    ("converse", ModelRequest.API.converse, false), ("converse-stream", .converse, true), ("invoke", .invokeModel, false),
    ("invoke-with-response-stream", .invokeModel, true),
  ])
  func nativeOperations(operation: String, api: ModelRequest.API, isStreamed: Bool) throws {
    let target = "/model/us.amazon.nova-pro-v1%3A0/\(operation)"
    let found = try #require(try invocation(target))
    #expect(found.api == api && found.isStreamed == isStreamed && found.endpoint == .runtime)
    #expect(found.id == "us.amazon.nova-pro-v1:0" && found.target == target)
  }

  /// Clients encode the slashes of an ARN, or don't; the path goes on as it came.
  @Test(arguments: [
    "arn%3Aaws%3Abedrock%3Aus-east-1%3A111122223333%3Aapplication-inference-profile%2Fabc",
    "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abc",
    "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile%2fabc",
  ])
  func idsThatAreARNs(id: String) throws {
    let found = try #require(try invocation("/model/\(id)/invoke"))
    #expect(found.id == "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abc")
    #expect(found.target == "/model/\(id)/invoke")
  }

  @Test(
    arguments: [
      ("/v1/messages?beta=true", nil, "/anthropic/v1/messages?beta=true", ModelRequest.API.messages, nil),
      ("/v1/chat/completions", nil, "/openai/v1/chat/completions", .chatCompletions, nil),
      ("/v1/responses", "bedrock-mantle", "/v1/responses", .responses, QuotaEndpointName.mantle),
      ("/openai/v1/responses", nil, "/openai/v1/responses", .responses, .runtime),
      ("/openai/v1/responses", "bedrock-mantle", "/openai/v1/responses", .responses, .mantle),
      ("/mantle/v1/chat/completions", nil, "/v1/chat/completions", .chatCompletions, .mantle),
      ("/mantle/anthropic/v1/messages", nil, "/anthropic/v1/messages", .messages, .mantle),
      ("/mantle/v1/messages", nil, "/anthropic/v1/messages", .messages, .mantle),
    ] as [(String, String?, String, ModelRequest.API, QuotaEndpointName?)])
  func compatiblePaths(target: String, service: String?, upstream: String, api: ModelRequest.API, endpoint: QuotaEndpointName?)
    throws
  {
    let found = try #require(try invocation(target, signingName: service))
    #expect(found.target == upstream && found.api == api && found.isStreamed == nil && found.id == nil)
    #expect((found.endpoint == .mantle) == (endpoint == .mantle) && (found.endpoint == nil) == (endpoint == nil))
  }

  /// The cases of the endpoint, for a table.
  enum QuotaEndpointName: Sendable { case runtime, mantle }

  @Test(arguments: [
    "http://bedrock-runtime.us-east-1.amazonaws.com/model/a/invoke", "//evil/model/a/invoke", "/model/../async-invoke",
    "/model/a/../b/invoke",
    "/model/%2e%2e/invoke", "/model/a%2F..%2Fb/invoke", "/model/a//invoke", "/model/a;b/invoke", "/model/a\\b/invoke",
    "/model/%00/invoke",
    "/model/%zz/invoke", "/model/%4/invoke", "/model/a/invoke#x", "/model/\u{e9}/invoke", "*", "", "model/a/invoke",
    "/model/%ff/invoke",
    "/model/a%5Cb/invoke", "/v1/chat/completions?x=%", "/./v1/messages",
  ])
  func targetsThatTwoServersReadInTwoWays(target: String) {
    #expect(throws: GatewayRoute.Problem.ambiguous) { try GatewayRoute(method: "POST", target: target) }
  }

  @Test func whatIsNotThere() {
    #expect(throws: GatewayRoute.Problem.bidirectional) {
      try GatewayRoute(method: "POST", target: "/model/amazon.nova-sonic-v1:0/invoke-with-bidirectional-stream")
    }
    for (method, target) in [
      ("GET", "/model/a/invoke"), ("POST", "/model/a/explode"), ("POST", "/model/invoke"), ("DELETE", "/inference-profiles/a"),
      ("POST", "/v1/embeddings"), ("POST", "/"), ("POST", "/mantle/model/a/invoke"), ("PUT", "/v1/messages"),
    ] {
      #expect(throws: GatewayRoute.Problem.unknown) { try GatewayRoute(method: method, target: target) }
    }
  }

  @Test func passages() throws {
    #expect(
      try GatewayRoute(method: "GET", target: "/inference-profiles?type=SYSTEM_DEFINED")
        == .passage(.init(service: .bedrock, target: "/inference-profiles?type=SYSTEM_DEFINED")))
    #expect(
      try GatewayRoute(method: "POST", target: "/model/a/count-tokens")
        == .passage(.init(service: .bedrockRuntime, target: "/model/a/count-tokens", id: "a")))
    #expect(
      try GatewayRoute(method: "POST", target: "/mantle/anthropic/v1/messages/count_tokens")
        == .passage(.init(service: .bedrockMantle, target: "/anthropic/v1/messages/count_tokens", bodyAPI: .messages)))
    #expect(
      try GatewayRoute(method: "POST", target: "/model-invocation-job")
        == .passage(.init(service: .bedrock, target: "/model-invocation-job", isCharged: true)))
    #expect(
      try GatewayRoute(method: "POST", target: "/model-invocation-job/a/stop")
        == .passage(.init(service: .bedrock, target: "/model-invocation-job/a/stop")))
    #expect(try GatewayRoute(method: "HEAD", target: "/api/hello") == .page(.hello))
    #expect(try GatewayRoute(method: "GET", target: "/v1/models?limit=1000") == .page(.models))
  }

  @Test(arguments: [
    ("GET", "/mantle/v1/models"), ("GET", "/mantle/openai/v1/responses/resp_1?include=x"),
    ("DELETE", "/mantle/v1/responses/resp_1"),
    ("GET", "/mantle/openai/v1/responses/resp_1/input_items"), ("POST", "/mantle/openai/v1/responses/resp_1/cancel"),
  ])
  func whatMantleKeeps(method: String, target: String) throws {
    #expect(
      try GatewayRoute(method: method, target: target)
        == .passage(.init(service: .bedrockMantle, target: String(target.dropFirst("/mantle".count)))))
  }

  @Test(arguments: [
    ("GET", "/mantle/v1/responses"), ("POST", "/mantle/v1/files"), ("GET", "/mantle/v1/responses/a/b"),
    ("POST", "/mantle/v1/models"),
    ("GET", "/v1/responses/resp_1"), ("DELETE", "/mantle/v1/models/a"),
  ])
  func whatMantleDoesNotKeep(method: String, target: String) {
    #expect(throws: GatewayRoute.Problem.unknown) { try GatewayRoute(method: method, target: target) }
  }

  @Test(arguments: [
    ("/model/a/converse", "ThrottlingException"), ("/v1/nothing", "\"error\""), ("/mantle/v1/files", "\"error\""),
    ("/anthropic/v1/nothing", "\"type\""), ("/v1/messages/batches", "\"type\""),
  ])
  func errorsHaveTheFormOfTheirPath(path: String, sign: String) {
    let reply = ServedService.ofPath(path[...]).reply(
      AWSFault(code: "ThrottlingException", message: "m", status: 429), requestID: "r")
    let text =
      reply.headers.map { "\($0.name): \($0.value)" }.joined(separator: "\n") + String(decoding: reply.body, as: UTF8.self)
    #expect(text.contains(sign) && text.contains("x-amzn-RequestId: r"))
  }
}
