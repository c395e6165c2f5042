package import AWSWire
package import Foundation
import HTTPTypes
package import Logging

/// Calls AWS: signs, sends, paces, retries, and reads replies and errors.
package struct AWSClient: Sendable {
  package let configuration: AWSConfiguration
  package let transport: any HTTPTransport
  /// Shared by all clients of the process.
  let retryQuota: RetryQuota
  let pacer: RequestPacer
  package let now: @Sendable () -> Date
  /// The time since the start of the process, for pacing; it never jumps.
  package let uptime: @Sendable () -> Duration
  let sleep: @Sendable (Duration) async throws -> Void
  let jitter: @Sendable () -> Double
  let logger: Logger
  /// Shared by all clients that are made from each other, like the following ones.
  let clock: ClockCorrection
  let plainEndpoints: PlainEndpoints
  let signingKeys: SigV4.SigningKeys

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
    clock = ClockCorrection()
    plainEndpoints = PlainEndpoints()
    signingKeys = SigV4.SigningKeys()
  }

  /// - Parameter isSameIdentity: whether the calls count against the same rates, and are signed with the same credentials.
  private init(
    _ other: AWSClient, configuration: AWSConfiguration, transport: any HTTPTransport, isSameIdentity: Bool = true
  ) {
    self.configuration = configuration
    self.transport = transport
    retryQuota = other.retryQuota
    pacer = isSameIdentity ? other.pacer : RequestPacer()
    now = other.now
    uptime = other.uptime
    sleep = other.sleep
    jitter = other.jitter
    logger = other.logger
    clock = other.clock
    plainEndpoints = other.plainEndpoints
    signingKeys = isSameIdentity ? other.signingKeys : SigV4.SigningKeys()
  }

  /// A client for another Region, with the same transport, retry quota and pacer.
  package func with(region: String) throws -> AWSClient {
    AWSClient(self, configuration: try configuration.with(region: region), transport: transport)
  }

  /// A client with the same credentials and another configuration, over the same transport.
  package func with(configuration: AWSConfiguration) -> AWSClient {
    AWSClient(self, configuration: configuration, transport: transport)
  }

  /// A client with the credentials of another configuration, over the same transport. AWS's rates and derived keys are its own.
  package func with(identityOf configuration: AWSConfiguration) -> AWSClient {
    AWSClient(self, configuration: configuration, transport: transport, isSameIdentity: false)
  }

  /// The same client over another transport; they share the retry quota and the pacer.
  package func with(transport: any HTTPTransport) -> AWSClient {
    AWSClient(self, configuration: configuration, transport: transport)
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
    var clockError: (any Error)?
    let addedBefore = clock.seconds
    while true {
      attempts += 1
      let pause = pacer.delay(for: operation.name, region: region, rate: operation.rate, at: uptime())
      if pause > .zero { try await sleep(pause) }
      var hints = ReplyHints()
      do {
        let output = try await attempt(operation, as: identity, region: region, number: attempts, hints: &hints)
        retryQuota.succeeded(taken: taken)
        return output
      } catch {
        if hints.correctedClock, clockError == nil {
          // Nothing was done, and nothing is wrong with the service.
          clockError = error
          attempts -= 1
          continue
        }
        if let clockError, hints.isAboutTime {
          clock.restore(addedBefore)
          throw clockError
        }
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
        try await sleep(.seconds(policy.delay(after: attempts, failure: failure, jitter: jitter(), retryAfter: hints.retryAfter)))
      }
    }
  }

  /// What an error reply tells of another attempt.
  private struct ReplyHints {
    /// `x-amz-retry-after`.
    var retryAfter: String?
    /// Whether the next signature has another time.
    var correctedClock = false
    /// Whether it refuses the time of the signature.
    var isAboutTime = false
  }

  /// Sends a request once.
  /// - Parameter hints: set to what an error reply tells of another attempt.
  private func attempt<Output>(
    _ operation: AWSOperation<Output>, as identity: AWSIdentity, region: String, number: Int, hints: inout ReplyHints
  ) async throws -> Output {
    let added = clock.seconds
    let response = try await transport.send(
      signed(operation, as: identity, region: region, at: now().addingTimeInterval(added)), timeout: configuration.timeout)
    log(operation, region, response.head, bytes: response.body.count, attempt: number)
    try ListingBudget.current?.spend(response.body.count, operation: operation.name)
    guard (200..<300).contains(response.head.status.code) else {
      hints.retryAfter = HTTPField.Name("x-amz-retry-after").flatMap { response.head.headerFields[$0] }
      let error = explain(response, as: identity, operation: operation, region: region, added: added)
      hints.correctedClock = correctsClock(after: error, response, added: added)
      hints.isAboutTime = error.service.map(ClockSkew.isAboutTime) ?? false
      throw error
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
    if configuration.bedrockAPIKey == nil || !Self.takesAPIKeys(operation.service), let token = operation.token {
      return .token(token)
    }
    return try await identity(for: operation.service, operation: operation.name)
  }

  /// The same for a call that has no token among its parameters.
  func identity(for service: AWSService, operation: String?) async throws -> AWSIdentity {
    if let key = configuration.bedrockAPIKey, Self.takesAPIKeys(service) {
      try checkKeysWay(to: service, name: "AWS_BEARER_TOKEN_BEDROCK", operation: operation)
      return .apiKey(key)
    }
    let credentials = try await signingCredentials(for: operation)
    warnOfPlainHTTP(credentials, at: configuration.endpoints.endpoint(for: service, region: configuration.region))
    return .credentials(credentials)
  }

  /// The credentials that sign.
  /// - Parameter operation: for the message of an error.
  /// - Throws: ``AWSClientError`` (`credentials`) if there are none, or if they have characters that no header may have.
  func signingCredentials(for operation: String?) async throws -> Credentials {
    defer { logTrail() }
    guard let credentials = try await configuration.credentials.credentials() else {
      throw AWSClientError(.credentials, "No AWS credentials.", operation: operation)
    }
    guard (credentials.accessKeyID + (credentials.sessionToken ?? "")).utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
      throw AWSClientError(
        .credentials,
        "The access key id or the session token has a line break or another character that no header may have; set it again without.",
        operation: operation)
    }
    return credentials
  }

  private static func takesAPIKeys(_ service: AWSService) -> Bool {
    service == .bedrock || service == .bedrockRuntime || service == .bedrockMantle
  }

  /// Refuses to send an API key where others can read it: unlike a signature, whoever reads the key can use it.
  /// - Parameter name: of the key, for the message.
  /// - Throws: ``AWSClientError`` (`configuration`).
  func checkKeysWay(to service: AWSService, name: String, operation: String? = nil) throws {
    let endpoint = configuration.endpoints.endpoint(for: service, region: configuration.region)
    guard endpoint.scheme == "https" || endpoint.isLoopback else {
      throw AWSClientError(
        .configuration,
        "\(name) is not sent to \(endpoint.authority) over plain http, where others could read it; use https, or keys that sign.",
        operation: operation, parameters: ["endpointURL"])
    }
  }

  /// - Parameter date: the time of the signature.
  func signed<Output>(
    _ operation: AWSOperation<Output>, as identity: AWSIdentity, region: String, at date: Date
  ) -> AWSHTTPRequest {
    let endpoint = configuration.endpoints.endpoint(for: operation.service, region: region)
    let wire = operation.request
    let query = wire.query.map { "\(PercentEncoding.encode($0.name))=\(PercentEncoding.encode($0.value))" }.joined(separator: "&")
    let target = endpoint.basePath + wire.path + (query.isEmpty ? "" : "?\(query)")
    var fields = HTTPFields()
    let authorization = authorization(
      as: identity, region: region, service: operation.service, wire, target: target, authority: endpoint.authority,
      at: date)
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
    as identity: AWSIdentity, region: String, service: AWSService, _ wire: WireRequest, target: String, authority: String,
    at date: Date
  ) -> [(name: String, value: String)] {
    switch identity {
    case .credentials(let credentials):
      SigV4(credentials: credentials, region: region, service: service.signingName).sign(
        method: wire.method.rawValue, target: target, headers: [("Host", authority)] + wire.headers, body: wire.body, date: date
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
