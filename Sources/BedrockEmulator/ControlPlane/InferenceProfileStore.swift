import AWSServer
import AWSWire
import Synchronization

/// The inference profiles of one Region: the account's own, and the application profiles that clients create.
final class InferenceProfileStore: Sendable {
  /// The code of the quota "Inference profiles per account", which is the same in every Region.
  static let quotaCode = "L-40EC9882"
  /// The default value of that quota, for accounts that don't list it.
  ///
  /// Source: docs.aws.amazon.com/general/latest/gr/bedrock.html
  private static let applicationsMaxDefault = 1_000.0

  private struct State {
    /// In the order of the listing.
    var profiles: [InferenceProfile]
    /// ARNs by the tokens that clients sent when they created a profile.
    var requests: [String: String] = [:]
    /// How many were created, for ids that differ.
    var count: UInt64 = 0
  }

  private let account: EmulatedAccount
  /// The quota's value now; nil if it has none.
  private let quota: @Sendable () -> Double?
  private let state: Mutex<State>
  private let observer = Mutex<(@Sendable () -> Void)?>(nil)

  init(_ account: EmulatedAccount, quota: @escaping @Sendable () -> Double? = { nil }) {
    self.account = account
    self.quota = quota
    state = Mutex(State(profiles: account.profiles))
  }

  var all: [InferenceProfile] { state.withLock(\.profiles) }

  /// The profile with this id or ARN.
  func find(_ reference: String) -> InferenceProfile? {
    state.withLock { state in
      state.profiles.first { $0.inferenceProfileId == reference || $0.inferenceProfileArn == reference }
    }
  }

  /// Calls back after each change.
  func onChange(_ observer: @escaping @Sendable () -> Void) { self.observer.withLock { $0 = observer } }

  /// Creates an application profile; the same `token` gives the same profile.
  /// - Parameters:
  ///   - models: the ARNs of the models that its source routes to.
  ///   - time: in ISO 8601.
  /// - Returns: the profile's ARN.
  func create(name: String, description: String?, models: [InferenceProfile.Model], token: String?, time: String)
    throws(AWSFault) -> String
  {
    let limit = Int(clamping: quota() ?? Self.applicationsMaxDefault)
    let (arn, isFull) = state.withLock { state -> (String?, Bool) in
      if let known = token.flatMap({ state.requests[$0] }) { return (known, false) }
      guard state.profiles.count(where: { $0.type == "APPLICATION" }) < limit else { return (nil, true) }
      state.count += 1
      let profile = profile(
        id: ResourceID.make(state.count, kind: "application-inference-profile"), name, description, models, time)
      state.profiles.append(profile)
      if let token { state.requests[token] = profile.inferenceProfileArn }
      return (profile.inferenceProfileArn, false)
    }
    guard let arn, !isFull else {
      throw AWSFault(
        code: "ServiceQuotaExceededException",
        message:
          "The account has reached its quota of \(limit) inference profiles. Delete some, or request an increase of the quota.",
        status: 400)
    }
    notify()
    return arn
  }

  /// - Returns: whether there was such an application profile.
  func delete(_ arn: String) -> Bool {
    let isFound = state.withLock { state in
      guard let index = state.profiles.firstIndex(where: { $0.inferenceProfileArn == arn && $0.type == "APPLICATION" })
      else { return false }
      state.profiles.remove(at: index)
      state.requests = state.requests.filter { $0.value != arn }
      return true
    }
    if isFound { notify() }
    return isFound
  }

  /// Restores the account's own profiles.
  func reset() {
    state.withLock { $0 = State(profiles: account.profiles) }
    notify()
  }

  private func notify() { observer.withLock { $0 }?() }

  private func profile(
    id: String, _ name: String, _ description: String?, _ models: [InferenceProfile.Model], _ time: String
  ) -> InferenceProfile {
    var profile = InferenceProfile(
      inferenceProfileName: name,
      inferenceProfileArn: "arn:aws:bedrock:\(account.region):\(account.accountID):application-inference-profile/\(id)",
      models: models, inferenceProfileId: id)
    profile.description = description
    profile.createdAt = time
    profile.updatedAt = time
    profile.status = "ACTIVE"
    profile.type = "APPLICATION"
    return profile
  }
}
