package import AWSWire

/// One Region of an account, as AWS's replies describe it.
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
