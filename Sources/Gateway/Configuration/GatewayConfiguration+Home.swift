package import AWSWire
import Bedquota

extension GatewayConfiguration {
  /// The gateway's own Region is one that requests may go to: its quotas are read first, and requests without a Region go there.
  /// - Throws: `AWSClientError` (`region`).
  package func check(home region: String) throws(AWSClientError) {
    let regions = accounts.first?.regions ?? []
    guard regions.isEmpty || regions.contains(region) else {
      throw AWSClientError(
        .region,
        "The configuration lets requests go to \(regions.joined(separator: ", ")), not to \(region); name one of them, or add it.",
        parameters: ["region"])
    }
  }
}
