package import AWSServer
import AWSWire
package import Foundation

/// The emulator without a network: it takes a request and returns AWS's reply.
package struct Emulator: Sendable {
  /// The callers whose requests are answered.
  package enum Access: Sendable {
    /// Callers with one of these access keys; signatures are checked. Secrets by access key id.
    case credentials([String: String])
    /// Anyone, with or without a signature.
    case anyone
  }

  /// Settings for behaviour that AWS doesn't publish, or that a client is to be tested against.
  package struct Behaviour: Sendable {
    package var semantics = QuotaSemantics.bucket60
    package var reservationFactor = ReservationFactor.one
    package var replies = ReplySettings()
    package var faults = FaultPlan()
    /// Models and inference profiles, by id, that the account has no access to.
    package var deniedModels: Set<String> = []
    /// Foreign traffic: the share of each quota per minute that other clients use, by model or profile id.
    package var foreignTraffic: [String: Double] = [:]
    /// Capacity of the service tier `reserved`, by model or profile id.
    package var reservedCapacity: [String: ReservedTokens] = [:]
    package var s3 = S3Access.none(advice: "Give it one.")
    /// Days of made-up metrics before the start of the emulator.
    package var historyDays = 0

    package init() {}
  }

  package let clock: EmulatorClock
  let regions: [String: EmulatedRegion]
  let mainRegion: String
  let increases = QuotaIncreaseRequests()
  /// Work that goes on after its request was answered. It is done while ``BackgroundJobs/run()`` runs.
  package let background = BackgroundJobs()
  let faults: SharedFaults
  let script = ReplyScript()
  private let behaviour: Behaviour
  private let sts: STSService
  private let authenticator: RequestAuthenticator
  private let now: @Sendable () -> Date

  /// - Parameters:
  ///   - accounts: at least one; several are the Regions of one account.
  ///   - now: the date that signatures are checked against.
  package init(
    accounts: [EmulatedAccount], access: Access, behaviour: Behaviour = Behaviour(), clock: EmulatorClock = .running(),
    now: @escaping @Sendable () -> Date = { Date() }
  ) throws {
    guard let main = accounts.first else { throw EmulatorError(.account, "There is no account to serve.") }
    let tokens = PageToken()
    self.behaviour = behaviour
    faults = SharedFaults(behaviour.faults)
    var regions: [String: EmulatedRegion] = [:]
    for account in accounts {
      guard regions[account.region] == nil else {
        throw EmulatorError(.account, "Two folders of the account have the Region \(account.region).")
      }
      regions[account.region] = try EmulatedRegion(
        account, behaviour: behaviour, faults: faults, script: script, increases: increases, tokens: tokens, clock: clock,
        background: background)
    }
    self.regions = regions
    self.clock = clock
    mainRegion = main.region
    self.now = now
    switch access {
    case .credentials(let secrets): authenticator = RequestAuthenticator(credentials: secrets)
    case .anyone: authenticator = RequestAuthenticator(credentials: nil)
    }
    sts = STSService(accountID: main.accountID, temporary: authenticator.temporary)
    for (id, share) in behaviour.foreignTraffic { try regions[main.region]?.setForeign(modelID: id, share: share) }
    for (id, tokens) in behaviour.reservedCapacity { try regions[main.region]?.setReserved(tokens, modelID: id) }
    if let unknown = behaviour.deniedModels.sorted().first(where: { id in
      regions.values.allSatisfy { !$0.directory.knows(id) }
    }) {
      throw EmulatorError(.account, "\(unknown): the account lists no model or inference profile of this id.")
    }
  }

  /// Restores the initial state. The clock shows what it would show if nobody had changed it.
  func reset() {
    clock.reset()
    increases.reset()
    faults.current = behaviour.faults
    script.replace(by: [])
    for (name, region) in regions { region.reset(to: behaviour, isMain: name == mainRegion) }
  }

  /// Answers a whole request.
  package func respond(to request: ServerRequest) async -> ServerResponse {
    switch open(request) {
    case .reply(let reply): reply
    case .body(let answer), .boundedBody(_, let answer): await answer(request.body, request.client)
    }
  }

  /// Decides from the head of a request whether its body is worth receiving.
  package func open(_ head: ServerRequest) -> HTTPOpening {
    if head.pathBegins(with: "/_emulator") {
      return .body { body, _ in
        var request = head
        request.body = body
        return ControlAPI(emulator: self).respond(to: request)
      }
    }
    let service = EmulatedService(head)
    let requestID = Self.requestID()
    if service == .bedrock, BedrockRoute(head) == nil { return .reply(Self.finish(BedrockRoute.unknown, requestID)) }
    let claim: RequestAuthenticator.Claim
    do throws(AWSFault) {
      claim = try authenticator.open(head, for: service.served, now: now())
    } catch {
      return .reply(Self.finish(service.served.render(error, requestID: requestID), requestID))
    }
    return .body { body, client in
      var request = head
      request.body = body
      request.client = client
      do throws(AWSFault) {
        return Self.finish(try await reply(request, claim, service: service, requestID: requestID), requestID)
      } catch {
        return Self.finish(service.served.render(error, requestID: requestID), requestID)
      }
    }
  }

  private static func finish(_ response: ServerResponse, _ requestID: String) -> ServerResponse {
    var response = response
    response.headers.append(("x-amzn-RequestId", requestID))
    return response
  }

  private static func requestID() -> String {
    // Foundation's UUID, lower-cased, takes longer than the rest of a short request.
    let random = (UInt64.random(in: .min ... .max), UInt64.random(in: .min ... .max))
    return String(unsafeUninitializedCapacity: 36) { out in
      for index in 0..<36 {
        let half = index < 18 ? random.0 : random.1
        let nibble = UInt8(truncatingIfNeeded: half >> UInt64(index % 16 * 4)) & 15
        switch index {
        case 8, 13, 18, 23: out[index] = UInt8(ascii: "-")
        case 14: out[index] = UInt8(ascii: "4")
        case 19: out[index] = Hex.digit(8 | nibble & 3)
        default: out[index] = Hex.digit(nibble)
        }
      }
      return 36
    }
  }

  private func reply(
    _ request: ServerRequest, _ claim: RequestAuthenticator.Claim, service: EmulatedService, requestID: String
  ) async throws(AWSFault) -> ServerResponse {
    try authenticator.verify(claim, request, for: service.served)
    let name = claim.region ?? mainRegion
    if service == .sts {
      return try sts.respond(to: request, accessKeyID: claim.accessKeyID, requestID: requestID, now: now())
    }
    guard let region = regions[name] else {
      // In such a Region of AWS, Service Quotas doesn't know the service, and Bedrock's host doesn't exist.
      throw service == .serviceQuotas
        ? AWSFault(code: "NoSuchResourceException", message: "The request failed because the specified service does not exist.")
        : AWSFault(
          code: "UnrecognizedClientException",
          message: "The emulator serves \(regions.keys.sorted().joined(separator: ", ")), not \(name).",
          status: 403, isModelled: false)
    }
    return try await region.respond(to: request, service: service, requestID: requestID)
  }
}
