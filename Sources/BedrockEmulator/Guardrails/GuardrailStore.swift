import AWSServer
import AWSWire
import Synchronization

/// The guardrails of one Region, which clients create.
final class GuardrailStore: Sendable {
  /// The codes of the quotas "Guardrails per account" and "Versions per guardrail", and their default values.
  private static let guardrails = (code: "L-0E5A840C", value: 100.0)
  private static let versions = (code: "L-D471AEAB", value: 20.0)

  private struct State {
    /// The draft first, then its versions, in the order of their creation.
    var guardrails: [[Guardrail]] = []
    /// Ids by the tokens that clients sent when they created a guardrail.
    var requests: [String: String] = [:]
    /// The number of the newest version, by the id of its guardrail: numbers of deleted versions aren't given again.
    var lastVersions: [String: Int] = [:]
    /// How many were created, for ids that differ.
    var count: UInt64 = 0
  }

  private let account: EmulatedAccount
  /// The value of a quota now; nil if it has none.
  private let quota: @Sendable (String) -> Double?
  private let state = Mutex(State())

  init(_ account: EmulatedAccount, quota: @escaping @Sendable (String) -> Double? = { _ in nil }) {
    self.account = account
    self.quota = quota
  }

  /// The drafts.
  var all: [Guardrail] { state.withLock { $0.guardrails.compactMap(\.first) } }

  /// The draft of a guardrail and its versions; empty if there is none with this id or ARN.
  func versions(of reference: String) -> [Guardrail] {
    state.withLock { $0.guardrails.first { $0[0].id == reference || $0[0].arn == reference } ?? [] }
  }

  /// - Parameter make: gets the new id and ARN.
  func create(name: String, token: String?, _ make: (String, String) -> Guardrail) throws(AWSFault) -> Guardrail {
    let limit = Int(clamping: quota(Self.guardrails.code) ?? Self.guardrails.value)
    return try state.withLock { state throws(AWSFault) in
      if let id = token.flatMap({ state.requests[$0] }), let known = state.guardrails.first(where: { $0[0].id == id }) {
        return known[0]
      }
      try Self.check(name: name, of: nil, state.guardrails)
      guard state.guardrails.count < limit else { throw Self.full("The account has reached its quota of \(limit) guardrails.") }
      state.count += 1
      let id = ResourceID.make(state.count, kind: "guardrail")
      let made = make(id, "arn:aws:bedrock:\(account.region):\(account.accountID):guardrail/\(id)")
      state.guardrails.append([made])
      if let token { state.requests[token] = id }
      return made
    }
  }

  /// Replaces the draft of a guardrail.
  func update(_ id: String, name: String, _ change: (inout Guardrail) -> Void) throws(AWSFault) -> Guardrail {
    try state.withLock { state throws(AWSFault) in
      guard let index = state.guardrails.firstIndex(where: { $0[0].id == id }) else { throw Self.unknown(id) }
      try Self.check(name: name, of: id, state.guardrails)
      change(&state.guardrails[index][0])
      return state.guardrails[index][0]
    }
  }

  /// Makes a version of the draft.
  func createVersion(of reference: String, description: String?, time: String) throws(AWSFault) -> Guardrail {
    let limit = Int(clamping: quota(Self.versions.code) ?? Self.versions.value)
    return try state.withLock { state throws(AWSFault) in
      guard let index = state.guardrails.firstIndex(where: { $0[0].id == reference || $0[0].arn == reference }) else {
        throw Self.unknown(reference)
      }
      guard state.guardrails[index].count - 1 < limit else {
        throw Self.full("The guardrail has reached the quota of \(limit) versions per guardrail.")
      }
      var version = state.guardrails[index][0]
      state.lastVersions[version.id, default: 0] += 1
      version.version = String(state.lastVersions[version.id, default: 0])
      version.description = description
      version.createdAt = time
      version.updatedAt = time
      state.guardrails[index].append(version)
      return version
    }
  }

  /// Deletes a guardrail, or one version of it.
  func delete(_ reference: String, version: String?) throws(AWSFault) -> Guardrail {
    try state.withLock { state throws(AWSFault) in
      guard let index = state.guardrails.firstIndex(where: { $0[0].id == reference || $0[0].arn == reference }) else {
        throw Self.unknown(reference)
      }
      guard let version else {
        let gone = state.guardrails.remove(at: index)[0]
        state.requests = state.requests.filter { $0.value != gone.id }
        state.lastVersions[gone.id] = nil
        return gone
      }
      guard let place = state.guardrails[index].firstIndex(where: { $0.version == version }), place > 0 else {
        throw Self.unknown(reference)
      }
      return state.guardrails[index].remove(at: place)
    }
  }

  func reset() { state.withLock { $0 = State() } }

  static func unknown(_ reference: String) -> AWSFault {
    AWSFault(
      code: "ResourceNotFoundException", message: "The guardrail \(reference.prefix(200)) doesn't exist in this account.",
      status: 404)
  }

  private static func full(_ message: String) -> AWSFault {
    AWSFault(code: "ServiceQuotaExceededException", message: "\(message) Delete some, or request an increase of the quota.")
  }

  private static func check(name: String, of id: String?, _ guardrails: [[Guardrail]]) throws(AWSFault) {
    guard guardrails.contains(where: { $0[0].name == name && $0[0].id != id }) else { return }
    throw AWSFault(code: "ConflictException", message: "Another guardrail in your account already has this name.")
  }
}
