import AWSClient
import AWSServer
import AWSWire
import AdmissionControl
import Bedquota
import Foundation
import Synchronization

/// An error of the gateway itself, as it is told to the client and to the operator.
struct GatewayFailure {
  var fault: AWSFault
  var headers: [(name: String, value: String)] = []
  var outcome = RequestRecord.Outcome.failed
  var reason: RefusalReason?
  /// What only the operator may read: it names the account, its roles or files.
  var problem: String?
  /// The type of an error that nobody foresaw. Its text may hold what the caller sent.
  var unforeseen: String?

  /// - Parameter relay: nil: no quota counts the request.
  init(_ error: any Error, _ relay: InvocationRelay? = nil) {
    switch error {
    case let error as GatewayRefusal: self.init(error)
    case let error as Refusal: self.init(error, relay)
    case let error as AWSClientError: self.init(error)
    case let error as BedquotaError where error.code == .fleet:
      self.init(
        fault: AWSFault(
          code: "ServiceUnavailableException",
          message: "The gateway can't use the store by which it shares the quotas; its log says why.", status: 503))
      problem = error.message
    case let error as BedquotaError:
      self.init(fault: AWSFault(code: "ValidationException", message: error.message, status: 400), outcome: .invalid)
    default:
      self.init(
        fault: AWSFault(
          code: "InternalServerException",
          message: "The gateway failed in a way that it should not; tell its operator what you sent.", status: 500))
      unforeseen = "\(type(of: error))"
    }
  }

  /// Tells the operator what the client isn't told.
  func log(to gateway: GatewayCore, account: GatewayAccount?) {
    if let problem {
      gateway.stateLog.refusedByAWS(problem, account: (account ?? gateway.accounts.first).name, atSeconds: gateway.seconds())
    }
    if let unforeseen { gateway.stateLog.failedUnforeseen(unforeseen, atSeconds: gateway.seconds()) }
  }

  private init(fault: AWSFault, outcome: RequestRecord.Outcome = .failed) { (self.fault, self.outcome) = (fault, outcome) }

  private init(_ refusal: GatewayRefusal) {
    (fault, headers, reason) = (refusal.fault, refusal.headers, refusal.reason)
    outcome = refusal.reason == nil ? .invalid : .refused
  }

  private init(_ refusal: Refusal, _ relay: InvocationRelay?) {
    outcome = .refused
    reason =
      switch refusal.code {
      case .neverFits, .invalidCost: .tooLarge
      case .queueFull: .queueFull
      case .retryBudget: .retries
      case .draining: .draining
      default: .deadline
      }
    guard let relay, let plan = relay.state.withLock({ $0.plan }) else {
      fault = AWSFault(code: "ThrottlingException", message: refusal.message, status: 429)
      return
    }
    let client = plan.pool.client
    // Of a route, nobody says which candidate's quota it is.
    let reply = RefusalReply(
      refusal, of: relay.api, .init(plan.patience, hold: plan.hold), reserved: client.reserved(plan.bounds),
      resolution: client.resolution, limits: plan.route == nil ? client.meters : [], dice: .random(in: 0...1))
    (fault, headers) = (reply.fault, reply.headers)
  }

  /// AWS can't be reached, or refuses the gateway. No secret is in these messages.
  private init(_ error: AWSClientError) {
    switch error.code {
    case .service:
      let code = error.service?.code ?? "Unknown"
      let words = error.service?.message ?? ""
      // `User: arn:aws:sts::123456789012:assumed-role/… is not authorized to perform: …` is nothing for callers.
      let isPrivate = words.contains("arn:") || words.isEmpty
      fault = AWSFault(
        code: "BadGatewayException",
        message: "AWS refused the gateway's own identity (\(code)): \(isPrivate ? "the gateway's log says why." : words)",
        status: 502)
      headers = [ShouldRetry.never]
      problem = "\(code): \(words)"
    case .credentials, .configuration, .region:
      fault = AWSFault(
        code: "BadGatewayException", message: "The gateway can't call AWS with the credentials that it has; its log says why.",
        status: 502)
      headers = [ShouldRetry.never]
      problem = error.message
    case .timeout:
      fault = AWSFault(code: "GatewayTimeoutException", message: error.message, status: 504)
    case .transport:
      fault = AWSFault(code: "ServiceUnavailableException", message: error.message, status: 503)
    default: fault = AWSFault(code: "BadGatewayException", message: error.message, status: 502)
    }
  }
}
