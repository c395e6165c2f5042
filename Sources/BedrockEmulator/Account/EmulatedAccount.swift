package import AWSClient

/// What the emulator serves for one Region of one account, in AWS's own shapes.
package struct EmulatedAccount: Sendable, Equatable {
  package var accountID: String
  package var region: String
  package var applied: [ServiceQuota]
  package var defaults: [ServiceQuota]
  package var models: [FoundationModel]
  package var profiles: [InferenceProfile]
  package var provisioned: [ProvisionedModelSummary]

  package init(
    accountID: String, region: String, applied: [ServiceQuota], defaults: [ServiceQuota], models: [FoundationModel],
    profiles: [InferenceProfile], provisioned: [ProvisionedModelSummary] = []
  ) {
    self.accountID = accountID
    self.region = region
    self.applied = applied
    self.defaults = defaults
    self.models = models
    self.profiles = profiles
    self.provisioned = provisioned
  }
}

/// Something about an account folder or the server that stops the emulator, in a sentence for the user.
public struct EmulatorError: Error, Sendable, CustomStringConvertible {
  public struct Code: Hashable, Sendable {
    private enum Kind: String { case account, server }
    private let kind: Kind
    private init(_ kind: Kind) { self.kind = kind }
    /// The account folder can't be served.
    public static let account = Code(.account)
    /// The server can't listen.
    public static let server = Code(.server)
    public var name: String { kind.rawValue }
  }

  public var code: Code
  public var message: String
  public var underlying: (any Error)?

  init(_ code: Code, _ message: String, underlying: (any Error)? = nil) {
    self.code = code
    self.message = message
    self.underlying = underlying
  }

  public var description: String { message }
}
