import AWSClient
import AWSServer
import AWSWire
import AdmissionControl
import Bedquota
import BedrockQuotas
import Foundation
import NIOCore
import Synchronization

/// What all requests of a gateway share.
final class GatewayCore: Sendable {
  /// What a reload replaces as a whole; a request keeps what it began with.
  struct Settings: Sendable {
    var configuration: GatewayConfiguration
    var authenticator: CallerAuthenticator
    var loadedAt: Int
  }

  let upstream: any Upstream
  let pools: QuotaPools
  /// nil: the configuration has no file.
  let file: ConfigurationFile?
  let metrics = GatewayMetrics()
  let accessLog: AccessLog
  let stateLog: StateLog
  let heldBytes: HeldBytes
  let places = RetryPlaces()
  let activity = CallerActivity()
  /// What `HTTPServer` counts its connections with.
  let drain = HTTPDrain()
  let registry: CallerRegistry
  let failures: FailedAuthentications
  let health = Mutex(GatewayHealth())
  /// Where it can be reached; nil until the port is open.
  let url = Mutex<String?>(nil)
  let startedAt = Int(Date().timeIntervalSince1970)
  private let session: BedquotaSession
  /// With what the gateway began.
  private let started: GatewayConfiguration
  private let current: Mutex<Settings>
  private let clients = Mutex<[String: AWSClient]>([:])

  init(
    _ configuration: GatewayConfiguration, session: BedquotaSession, upstream: any Upstream, accessLog: AccessLog,
    stateLog: StateLog, file: ConfigurationFile?, client: QuotaAwareClient.Options = .init()
  ) {
    (self.session, self.upstream, self.accessLog, self.stateLog, self.file) = (session, upstream, accessLog, stateLog, file)
    started = configuration
    heldBytes = HeldBytes(limit: configuration.queue.bytesMax)
    registry = CallerRegistry()
    failures = FailedAuthentications()
    let authenticator = CallerAuthenticator(configuration, registry: registry, failures: failures)
    current = Mutex(
      Settings(configuration: configuration, authenticator: authenticator, loadedAt: Int(Date().timeIntervalSince1970)))
    var options = Self.options(configuration, authenticator.callers)
    options.client = client
    options.onQuotaChange = { pool, change in stateLog.quotaChanged(pool, change) }
    pools = QuotaPools(session: session, options: options)
    metrics.setCallers(configuration.isOpen ? nil : configuration.keys.map(\.name))
  }

  private static func options(_ configuration: GatewayConfiguration, _ callers: Callers) -> QuotaPools.Options {
    var options = QuotaPools.Options()
    options.sharing.quotaShare = configuration.quotaShare
    options.sharing.sharesQueue = true
    options.sharing.waitersMax = configuration.queue.requestsMax
    options.sharing.tenantWeights = callers.weights
    let regions = configuration.accounts.flatMap(\.regions)
    options.regions = regions.isEmpty ? nil : Set(regions)
    return options
  }

  var settings: Settings { current.withLock { $0 } }
  var configuration: GatewayConfiguration { settings.configuration }

  /// Puts another configuration in force, as a whole.
  func replace(_ new: GatewayConfiguration) {
    let configuration = new.keepingStart(of: started)
    let authenticator = CallerAuthenticator(configuration, registry: registry, failures: failures)
    let settings = Settings(configuration: configuration, authenticator: authenticator, loadedAt: Int(seconds()))
    current.withLock { $0 = settings }
    metrics.setCallers(configuration.isOpen ? nil : configuration.keys.map(\.name))
    pools.setTenantWeights(authenticator.callers.weights)
  }

  func now() -> Date { Date() }
  func seconds() -> Int64 { Int64(Date().timeIntervalSince1970) }

  /// The Region of a request: the one that it was signed for, if requests may go there.
  func region(_ asked: String?) throws(GatewayRefusal) -> String {
    let allowed = configuration.accounts.first?.regions ?? []
    guard let asked else { return allowed.first ?? session.region }
    // A Region is a part of the host that is called, also where no queue is asked for.
    guard allowed.isEmpty ? pools.regions.contains(asked) : allowed.contains(asked) else {
      let served = allowed.isEmpty ? "those that have Bedrock" : allowed.joined(separator: ", ")
      throw GatewayRefusal(
        AWSFault(
          code: "AccessDeniedException",
          message: "The gateway takes no requests for the Region \(asked); it serves \(served).",
          status: 403),
        nil)
    }
    return asked
  }

  /// The queue of an id, and how long its model takes.
  struct Pool: Sendable {
    var region: String
    var client: QuotaAwareClient
    var times: ServiceTimes
    var endpoint: QuotaEndpoint { client.resolution.endpoint }
    /// The id as metrics and logs may have it; nil if somebody made it up.
    var knownID: String? { client.resolution.isKnown ? client.resolution.id : nil }
    var seriesKey: PoolSeriesKey { PoolSeriesKey(client.resolution, region: region) }
  }

  func pool(region: String?, endpoint: QuotaEndpoint?, id: String) async throws -> Pool {
    let region = try self.region(region)
    let pool = try await pools.pool(PoolName(region: region, endpoint: endpoint, id: id))
    return Pool(region: region, client: pool.client, times: pool.times)
  }

  private func client(region: String) throws -> AWSClient {
    if let known = clients.withLock({ $0[region] }) { return known }
    let client = try session.inference.with(region: region)
    return clients.withLock { clients in
      // Names of Regions come from signatures that were verified, but on loopback from anybody.
      if clients.count >= 100 { clients.removeAll() }
      clients[region] = client
      return client
    }
  }

  /// Signs a request and sends it once; a second time if AWS refuses its signature and another one may be accepted.
  func send(_ call: UpstreamCall, on loop: any EventLoop) async throws -> any UpstreamReply {
    let client = try client(region: call.region)
    var callersKey: String?
    if case .bearer(let secret) = call.claim.upstream { callersKey = secret.text }
    var signer = RelaySigner(client, service: call.service, callersKey: callersKey)
    let headers = RelayHeaders.upstream(from: call.request.headers)
    while true {
      let signed = try await signer.sign(
        method: call.method, target: call.target, headers: headers, bodyHash: call.bodyHash)
      let request = UpstreamRequest(
        method: call.method, scheme: signed.scheme, authority: signed.authority, target: signed.target, headers: signed.headers,
        body: call.request.body)
      let reply = try await upstream.open(request, silence: client.configuration.silenceMax, on: loop)
      guard !(300..<400).contains(reply.status) else {
        reply.cancel()
        throw AWSClientError(
          .response, "AWS answered with a redirect, which the gateway doesn't follow; is the endpoint really AWS's?",
          parameters: ["endpointURL"])
      }
      guard [400, 401, 403].contains(reply.status) else { return reply }
      let refusal = try await UpstreamRefusal(reply)
      guard try await signer.learns(status: refusal.status, headers: refusal.headers, body: refusal.body) else {
        return KeptReply(refusal)
      }
    }
  }

  /// A request has ended.
  func ended(_ record: RequestRecord) {
    metrics.finished(record)
    accessLog.write(record)
  }
}

/// A reply whose body was read already.
private struct KeptReply: UpstreamReply {
  let refusal: UpstreamRefusal
  private let body: OneShotBuffer

  init(_ refusal: UpstreamRefusal) {
    self.refusal = refusal
    body = OneShotBuffer(ByteBuffer(bytes: refusal.body))
  }

  var status: Int { refusal.status }
  var headers: [(name: String, value: String)] { refusal.headers }
  func next() async throws -> ByteBuffer? { body.take() }
  func cancel() {}
}

private final class OneShotBuffer: Sendable {
  private let buffer: Mutex<ByteBuffer?>

  init(_ buffer: ByteBuffer) { self.buffer = Mutex(buffer) }

  func take() -> ByteBuffer? { buffer.withLock { $0.take() } }
}
