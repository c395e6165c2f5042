import Bedquota
import FleetNetwork
import Yams

extension ConfigurationReader {
  /// The fleet: an address alone, or a mapping. An address with a password is a secret of the environment or of a file.
  mutating func fleet(_ node: Node, _ secrets: SecretSource, _ files: inout [String]) -> FleetSettings? {
    guard node.mapping != nil else { return fleet(node, "fleet", secrets, &files) }
    let members = members(node, "fleet", known: ["url", "weight", "fallback"])
    guard let url = members["url"] else {
      report(node, "fleet needs url, such as redis://cache.internal:6379")
      return nil
    }
    var fleet = fleet(url, "fleet.url", secrets, &files)
    let weight = value(members["weight"], "fleet.weight", "a number from 0.01 to 10000, such as 2") {
      ConfigurationValue.number($0, in: 0.01...10_000)
    }
    if let weight { fleet?.weight = weight }
    let fallback = value(
      members["fallback"], "fleet.fallback", "share, closed or a number of members, 1 to 100000", Fleet.Fallback.init)
    if let fallback { fleet?.fallback = fallback }
    return fleet
  }

  private mutating func fleet(
    _ node: Node, _ path: String, _ secrets: SecretSource, _ files: inout [String]
  ) -> FleetSettings? {
    guard let text = text(node, path) else { return nil }
    let settings: FleetSettings
    if text.hasPrefix("${") {
      guard let secret = secret(node, path, secrets, &files) else { return nil }
      settings = FleetSettings(address: secret.text, origin: .environment)
    } else {
      settings = FleetSettings(address: text, origin: .argument)
    }
    do throws(BedquotaError) {
      _ = try settings.fleet()
    } catch {
      report(node, "\(path): \(error.message)")
      return nil
    }
    return settings
  }
}
