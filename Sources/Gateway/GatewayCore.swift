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
  /// What a reload replaces as a whole; a request keeps what it began with. It is an object, because every request refers to it.
  final class Settings: Sendable {
    let configuration: GatewayConfiguration
    let authenticator: CallerAuthenticator
    let loadedAt: Int

    init(configuration: GatewayConfiguration, authenticator: CallerAuthenticator, loadedAt: Int) {
      (self.configuration, self.authenticator, self.loadedAt) = (configuration, authenticator, loadedAt)
    }
  }

  let upstream: any Upstream
  let accounts: GatewayAccounts
  private let passedPools: PassedPools
  let routed = RoutedModels()
  /// nil: the configuration has no file.
  let file: ConfigurationFile?
  let metrics = GatewayMetrics()
  let livePages = LivePages()
  let accessLog: AccessLog
  let stateLog: StateLog
  let heldBytes: HeldBytes
  let places = RetryPlaces()
  let activity = CallerActivity()
  /// What `HTTPServer` counts its connections with.
  let drain = HTTPDrain()
  let registry: CallerRegistry
  /// nil if no fleet shares budgets.
  let budgets: BudgetSharing?
  let failures: FailedAuthentications
  let health = Mutex(GatewayHealth())
  /// Where it can be reached; nil until the port is open.
  let url = Mutex<String?>(nil)
  let startedAt = Int(Date().timeIntervalSince1970)
  /// With what the gateway began.
  private let started: GatewayConfiguration
  private let current: Mutex<Settings>

  /// - Throws: `AWSClientError` (`region`) for a Region of the configuration that can't be one.
  init(
    _ configuration: GatewayConfiguration, session: BedquotaSession, upstream: any Upstream, accessLog: AccessLog,
    stateLog: StateLog, file: ConfigurationFile?, client: QuotaAwareClient.Options = .init()
  ) throws {
    (self.upstream, self.accessLog, self.stateLog, self.file) = (upstream, accessLog, stateLog, file)
    started = configuration
    heldBytes = HeldBytes(limit: configuration.queue.bytesMax)
    registry = CallerRegistry()
    budgets = try client.fleet.map { [registry] fleet in
      // The gateway's own account has the table, whatever accounts it calls.
      try BudgetSharing(fleet.open(in: session), registry: registry, member: Fleet.newMemberName()) { stateLog.fleetChanged($0) }
    }
    failures = FailedAuthentications()
    let authenticator = CallerAuthenticator(configuration, registry: registry, failures: failures)
    current = Mutex(
      Settings(configuration: configuration, authenticator: authenticator, loadedAt: Int(Date().timeIntervalSince1970)))
    var options = Self.options(configuration, authenticator.callers)
    options.client = client
    options.onQuotaChange = { pool, change in stateLog.quotaChanged(pool, change) }
    accounts = try GatewayAccounts(configuration.accounts, own: session, options: options)
    passedPools = PassedPools(session: session, options: options)
    metrics.setCallers(configuration.isOpen ? nil : configuration.keys.map(\.name))
  }

  private static func options(_ configuration: GatewayConfiguration, _ callers: Callers) -> QuotaPools.Options {
    var options = QuotaPools.Options()
    options.sharing.quotaShare = configuration.quotaShare
    options.sharing.sharesQueue = true
    options.sharing.waitersMax = configuration.queue.requestsMax
    options.sharing.tenantWeights = callers.weights
    return options
  }

  var settings: Settings { current.withLock { $0 } }
  var configuration: GatewayConfiguration { settings.configuration }

  /// Puts another configuration in force, as a whole.
  func replace(_ new: GatewayConfiguration) {
    let configuration = new.keepingStart(of: started)
    let authenticator = CallerAuthenticator(configuration, registry: registry, failures: failures)
    let settings = Settings(configuration: configuration, authenticator: authenticator, loadedAt: Int(seconds()))
    // First, so that a router which the new settings make is kept.
    routed.keep(configuration.models, in: accounts)
    current.withLock { $0 = settings }
    budgets?.limitsWereRead()
    metrics.setCallers(configuration.isOpen ? nil : configuration.keys.map(\.name))
    for account in accounts.all { account.pools.setTenantWeights(authenticator.callers.weights) }
  }

  func now() -> Date { Date() }
  func seconds() -> Int64 { Int64(Date().timeIntervalSince1970) }

  /// The queue of an id, and how long its model takes.
  struct Pool: Sendable {
    var account: GatewayAccount
    var region: String
    var client: QuotaAwareClient
    var times: ServiceTimes
    var endpoint: QuotaEndpoint { client.resolution.endpoint }
    /// The id as metrics and logs may have it; nil if somebody made it up.
    var knownID: String? { client.resolution.isKnown ? client.resolution.id : nil }
    var label: PoolLabel { PoolLabel(client.resolution, account: account.name, region: region) }
  }

  /// - Parameters:
  ///   - claim: names the Region that the request was signed for, if it was.
  ///   - endpoint: nil: the one that has the model.
  func pool(of invoked: InvokedName, for claim: CallerClaim, endpoint: QuotaEndpoint?) async throws -> Pool {
    let place = try accounts.place(asked: claim.region, route: invoked.route)
    let pools = claim.isPassed ? passedPools.pools(of: claim.caller.name) : place.account.pools
    let pool = try await pools.pool(PoolName(region: place.region, endpoint: endpoint, id: invoked.id))
    return Pool(account: place.account, region: place.region, client: pool.client, times: pool.times)
  }

  /// Signs a request and sends it once; a second time if AWS refuses its signature and another one may be accepted.
  func send(_ call: UpstreamCall, on loop: any EventLoop) async throws -> any UpstreamReply {
    var (signsFor, callersKey): (Caller?, String?) = (call.claim.caller, nil)
    if case .bearer(let secret) = call.claim.upstream { (signsFor, callersKey) = (nil, secret.text) }
    let client = try call.account.client(region: call.region, signsFor: signsFor)
    var signer = RelaySigner(client, service: call.service, callersKey: callersKey)
    let headers = RelayHeaders.upstream(from: call.request.headers)
    while true {
      let signed = try await sign(call, headers, by: &signer)
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

  /// Signs a request. Whoever leaves meanwhile, while STS is asked for credentials say, has sent nothing.
  private func sign(
    _ call: UpstreamCall, _ headers: [(name: String, value: String)], by signer: inout RelaySigner
  ) async throws -> RelaySigner.Signed {
    do {
      return try await signer.sign(method: call.method, target: call.target, headers: headers, bodyHash: call.bodyHash)
    } catch is CancellationError {
      throw UnsentCancellation()
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
  private let body: OneShot<ByteBuffer>

  init(_ refusal: UpstreamRefusal) {
    self.refusal = refusal
    body = OneShot(ByteBuffer(bytes: refusal.body))
  }

  var status: Int { refusal.status }
  var headers: [(name: String, value: String)] { refusal.headers }
  func next() async throws -> ByteBuffer? { body.take() }
  func cancel() {}
}
