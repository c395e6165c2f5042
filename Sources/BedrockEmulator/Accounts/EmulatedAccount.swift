package import AWSWire

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
