package import AWSWire
package import Foundation
import HTTPTypes
package import Logging

/// Calls AWS: signs, sends, paces, retries, and reads replies and errors.
package struct AWSClient: Sendable {
  package let configuration: AWSConfiguration
  let transport: any HTTPTransport
  /// Shared by all clients of the process.
  let retryQuota: RetryQuota
  let pacer: RequestPacer
  let now: @Sendable () -> Date
  /// The time since the start of the process, for pacing; it never jumps.
  package let uptime: @Sendable () -> Duration
  let sleep: @Sendable (Duration) async throws -> Void
  let jitter: @Sendable () -> Double
  let logger: Logger

  private static let processStart = ContinuousClock.now
  package static func uptimeOfProcess() -> Duration { processStart.duration(to: .now) }

  package init(
    configuration: AWSConfiguration, transport: any HTTPTransport, retryQuota: RetryQuota = RetryQuota(),
    pacer: RequestPacer = RequestPacer(), now: @escaping @Sendable () -> Date = { Date() },
    uptime: @escaping @Sendable () -> Duration = { AWSClient.uptimeOfProcess() },
    sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
    jitter: @escaping @Sendable () -> Double = { Double.random(in: 0...1) },
    logger: Logger = Logger(label: "bedquota.silent", factory: { _ in SwiftLogNoOpLogHandler() })
  ) {
    self.configuration = configuration
    self.transport = transport
    self.retryQuota = retryQuota
    self.pacer = pacer
    self.now = now
    self.uptime = uptime
    self.sleep = sleep
    self.jitter = jitter
    self.logger = logger
  }

  /// A client for another Region, with the same transport, retry quota and pacer.
  package func with(region: String) throws -> AWSClient {
    AWSClient(
      configuration: try configuration.with(region: region), transport: transport, retryQuota: retryQuota, pacer: pacer,
      now: now, uptime: uptime, sleep: sleep, jitter: jitter, logger: logger)
  }

  /// The same client over another transport; they share the retry quota and the pacer.
  package func with(transport: any HTTPTransport) -> AWSClient {
    AWSClient(
      configuration: configuration, transport: transport, retryQuota: retryQuota, pacer: pacer,
      now: now, uptime: uptime, sleep: sleep, jitter: jitter, logger: logger)
  }

  /// Calls an operation, with retries.
  /// - Throws: ``AWSClientError``; `CancellationError` if the task was cancelled.
  package func call<Output>(_ operation: AWSOperation<Output>) async throws -> Output {
    let region = try configuration.requireRegion()
    var identity = try await identity(for: operation)
    var isRenewed = false
    let policy = RetryPolicy(maxAttempts: configuration.maxAttempts)
    var attempts = 0
    var taken: Int?
    while true {
      attempts += 1
      let pause = pacer.delay(for: operation.name, region: region, rate: operation.rate, at: uptime())
      if pause > .zero { try await sleep(pause) }
      var retryAfter: String?
      do {
        let output = try await attempt(operation, as: identity, region: region, number: attempts, retryAfter: &retryAfter)
        retryQuota.succeeded(taken: taken)
        return output
      } catch {
        if !isRenewed, let renewed = try await renewed(identity, after: error) {
          (identity, isRenewed) = (renewed, true)
          continue
        }
        let failure = RetryPolicy.classify(error)
        guard failure != .permanent, attempts < policy.maxAttempts, let price = retryQuota.take(for: failure) else {
          throw attempts > 1 ? (error as? AWSClientError)?.after(attempts: attempts) ?? error : error
        }
        taken = price
        logger.debug(
          "AWS call failed, trying again",
          metadata: ["operation": "\(operation.name)", "error": "\((error as? AWSClientError)?.shortDescription ?? "")"])
        try await sleep(.seconds(policy.delay(after: attempts, failure: failure, jitter: jitter(), retryAfter: retryAfter)))
      }
    }
  }

  /// Sends a request once.
  /// - Parameter retryAfter: set to the reply's `x-amz-retry-after`, if it is an error that has one.
  private func attempt<Output>(
    _ operation: AWSOperation<Output>, as identity: AWSIdentity, region: String, number: Int, retryAfter: inout String?
  ) async throws -> Output {
    let response = try await transport.send(
      signed(operation, as: identity, region: region), timeout: configuration.timeout)
    log(operation, region, response.head, bytes: response.body.count, attempt: number)
    try ListingBudget.current?.spend(response.body.count, operation: operation.name)
    guard (200..<300).contains(response.head.status.code) else {
      retryAfter = HTTPField.Name("x-amz-retry-after").flatMap { response.head.headerFields[$0] }
      throw explain(response, as: identity, operation: operation, region: region)
    }
    return try decode(response.body, operation: operation, status: response.head.status.code)
  }

  func log<Output>(_ operation: AWSOperation<Output>, _ region: String, _ head: HTTPResponse, bytes: Int, attempt: Int) {
    logger.debug(
      "AWS call",
      metadata: [
        "operation": "\(operation.name)", "region": "\(region)", "status": "\(head.status.code)", "bytes": "\(bytes)",
        "attempt": "\(attempt)",
      ])
  }

  /// The Bedrock API key if there is one and the service is Bedrock, else the credentials.
  /// - Throws: ``AWSClientError``: `configuration` if the key would travel readable to another machine, `credentials`.
  func identity<Output>(for operation: AWSOperation<Output>) async throws -> AWSIdentity {
    if let key = configuration.bedrockAPIKey, operation.service.signingName == "bedrock" {
      let endpoint = configuration.endpoints.endpoint(for: operation.service, region: configuration.region)
      // Unlike a signature, whoever reads the key can use it.
      guard endpoint.scheme == "https" || endpoint.isLoopback else {
        throw AWSClientError(
          .configuration,
          "AWS_BEARER_TOKEN_BEDROCK is not sent to \(endpoint.authority) over plain http, where others could read it; use https, or keys that sign.",
          operation: operation.name, parameters: ["endpointURL"])
      }
      return .apiKey(key)
    }
    if let token = operation.token { return .token(token) }
    defer { logTrail() }
    guard let credentials = try await configuration.credentials.credentials() else {
      throw AWSClientError(.credentials, "No AWS credentials.", operation: operation.name)
    }
    return .credentials(credentials)
  }

  func signed<Output>(_ operation: AWSOperation<Output>, as identity: AWSIdentity, region: String) -> AWSHTTPRequest {
    let endpoint = configuration.endpoints.endpoint(for: operation.service, region: region)
    let wire = operation.request
    let query = wire.query.map { "\(PercentEncoding.encode($0.name))=\(PercentEncoding.encode($0.value))" }.joined(separator: "&")
    let target = endpoint.basePath + wire.path + (query.isEmpty ? "" : "?\(query)")
    var fields = HTTPFields()
    let authorization = authorization(
      as: identity, region: region, service: operation.service, wire, target: target, authority: endpoint.authority)
    // The transport adds Host, from the authority.
    for (name, value) in wire.headers + authorization + [("User-Agent", "bedquota"), ("Accept", "*/*")] {
      guard let name = HTTPField.Name(name) else { continue }
      fields.append(HTTPField(name: name, value: value))
    }
    let head = HTTPRequest(
      method: wire.method, scheme: endpoint.scheme, authority: endpoint.authority, path: target, headerFields: fields)
    return AWSHTTPRequest(head: head, body: wire.body)
  }

  private func authorization(
    as identity: AWSIdentity, region: String, service: AWSService, _ wire: WireRequest, target: String, authority: String
  ) -> [(name: String, value: String)] {
    switch identity {
    case .credentials(let credentials):
      SigV4(credentials: credentials, region: region, service: service.signingName).sign(
        method: wire.method.rawValue, target: target, headers: [("Host", authority)] + wire.headers, body: wire.body, date: now()
      ).headers
    case .apiKey(let key): [("Authorization", "Bearer \(key)")]
    case .token: []
    }
  }

  private func decode<Output>(_ body: Data, operation: AWSOperation<Output>, status: Int) throws -> Output {
    do {
      return try operation.decode(body)
    } catch {
      throw AWSClientError(
        .response,
        "\(operation.name) answered \(status) with a body that is not its reply (\(body.count) bytes); is the endpoint really AWS's?",
        operation: operation.name, underlying: error)
    }
  }
}
